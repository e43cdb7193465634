using System.Globalization;
using System.Text.RegularExpressions;
using Postern.EndToEnd.Harness;
using Postern.Tests;

namespace Postern.EndToEnd.Scenarios;

/// <summary>What the tools that will read the files of <c>deploy/</c> say of them.</summary>
public sealed partial class DeploymentFileTests
{
    /// <summary>Of 10, the lower the better; systemd calls what is below 2 "OK", its best but one.</summary>
    private const double MostExposure = 1.5;

    private static readonly string Unit = Repository.File("deploy/systemd/postern.service");

    [Fact]
    public async Task Systemd_finds_nothing_to_say_of_the_unit()
    {
        Requires.Tool("systemd-analyze");
        using var scratch = new ScratchDirectory();
        // The program is not where it will be: everything else is as it is.
        var unit = await scratch.WriteAsync("postern.service", (await File.ReadAllTextAsync(Unit, TestContext.Current.CancellationToken))
            .Replace("/opt/postern/postern", PosternProgram.File, StringComparison.Ordinal));

        await using var verify = ChildProcess.Start("systemd-analyze", ["verify", "--man=no", unit]);

        Assert.True(await verify.WaitForExitAsync() == 0, verify.Log);
        Assert.Empty(verify.Log);
    }

    [Fact]
    public async Task The_service_is_exposed_to_little()
    {
        Requires.Tool("systemd-analyze");
        await using var security = ChildProcess.Start("systemd-analyze", ["security", "--offline=true", "--no-pager", Unit]);
        await security.WaitForExitAsync();

        var level = Exposure().Match(security.Log);
        Assert.True(level.Success, security.Log);
        var found = double.Parse(level.Groups["level"].Value, CultureInfo.InvariantCulture);
        Assert.True(found <= MostExposure, $"{found}, at most {MostExposure}:\n{security.Log}");
    }

    [Fact]
    public async Task Compose_takes_the_file()
    {
        Requires.Tool("docker-compose");
        await using var compose = ChildProcess.Start("docker-compose", ["--file", Repository.File("deploy/compose.yaml"), "config", "--quiet"]);

        Assert.True(await compose.WaitForExitAsync() == 0, compose.Log);
    }

    [GeneratedRegex(@"exposure level for postern\.service: (?<level>[0-9.]+)")]
    private static partial Regex Exposure();
}
