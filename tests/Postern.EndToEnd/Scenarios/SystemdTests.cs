using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;
using Postern.Tests;

namespace Postern.EndToEnd.Scenarios;

/// <summary>The unit as it is handed out, with the configuration beside it, under the systemd that this machine has.</summary>
public sealed class SystemdTests
{
    private const string Key = "abcdef";

    /// <summary>As docs/guide/deploying.md has it.</summary>
    private const string Restore =
        """
        set -e
        mv /var/lib/private/postern /var/lib/private/postern.old
        install -d -m 700 /var/lib/private/postern
        install -m 600 /var/lib/copy.db /var/lib/private/postern/postern.db
        systemctl start postern
        """;

    private readonly int gateway = FreePort.Next();
    private readonly int admin = FreePort.Next();

    private string Gateway => $"http://127.0.0.1:{gateway}";

    [Fact]
    public async Task The_unit_starts_the_program_with_few_rights_again_after_a_crash_and_stops_it_in_order()
    {
        Requires.Root();
        Requires.Tool(SystemdMachine.Program);
        Requires.Tool("nsenter");
        using var scratch = new ScratchDirectory();
        await using var machine = await SystemdMachine.BootAsync(scratch, await ConfigurationAsync(), $"POSTERN_KEY={new string('A', 43)}=\nACME_KEY={Key}\n");

        await machine.ReachAsync("ActiveState", "active");
        await AssertReadyAsync();
        Assert.Equal($"Gateway on {Gateway}, admin on http://127.0.0.1:{admin}", await machine.ShowAsync("StatusText"));
        await AssertRightsAsync(machine);
        Assert.False(await PublishAsync());

        Assert.Equal(0, (await machine.RunAsync("systemctl", "kill", "--signal=KILL", "postern.service")).ExitCode);
        await machine.ReachAsync("NRestarts", "1");
        await machine.ReachAsync("ActiveState", "active");
        await AssertReadyAsync();
        Assert.True(await PublishAsync(), "What was acknowledged before the crash is there after it.");

        var (exitCode, log) = await machine.RunAsync("/opt/postern/postern", "store", "backup", "--data", "/var/lib/postern", "--to", "/var/lib/copy.db");
        Assert.True(exitCode == 0, log);
        Assert.True(await PublishAsync(), "The store is still its user's after root has read it.");

        Assert.Equal(0, (await machine.RunAsync("systemctl", "stop", "postern.service")).ExitCode);
        Assert.Equal("inactive", await machine.ShowAsync("ActiveState"));
        Assert.Equal("success", await machine.ShowAsync("Result"));

        var (restored, said) = await machine.RunAsync("sh", "-c", Restore);
        Assert.True(restored == 0, said);
        await machine.ReachAsync("ActiveState", "active");
        Assert.True(await PublishAsync(), "The restored store is its user's, and holds what was acknowledged before the backup.");
    }

    private async Task<string> ConfigurationAsync() =>
        (await File.ReadAllTextAsync(Repository.File("deploy/systemd/postern.yaml"), TestContext.Current.CancellationToken))
        .Replace("127.0.0.1:8080", $"127.0.0.1:{gateway}", StringComparison.Ordinal)
        .Replace("127.0.0.1:8081", $"127.0.0.1:{admin}", StringComparison.Ordinal);

    /// <summary>At once: systemd was told so.</summary>
    private async Task AssertReadyAsync()
    {
        using var client = new GatewayClient($"http://127.0.0.1:{admin}");
        await client.CallAsync(HttpMethod.Get, "/readyz", HttpStatusCode.OK);
    }

    /// <returns>Whether the event was known already.</returns>
    private async Task<bool> PublishAsync()
    {
        using var client = GatewayClient.WithApiKey(Gateway, Key);
        using var answer = await client.PublishAsync("/orders", "1", "orders.created", "{}");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (bool)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["events"]![0]!["duplicate"]!;
    }

    private static async Task AssertRightsAsync(SystemdMachine machine)
    {
        var (_, status) = await machine.RunAsync("cat", $"/proc/{await machine.ShowAsync("MainPID")}/status");
        var lines = status.Split('\n').Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1].Trim());
        Assert.NotEqual(0, int.Parse(lines["Uid"].Split('\t')[0], CultureInfo.InvariantCulture));
        Assert.All((string[])["CapEff", "CapPrm", "CapBnd", "CapAmb"], set => Assert.Equal(0, long.Parse(lines[set], NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        Assert.Equal("1", lines["NoNewPrivs"]);
        // A filter of system calls.
        Assert.Equal("2", lines["Seccomp"]);
    }
}
