using System.Net;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>
/// The real base image and an engine are not at hand: what the SDK makes is looked at, and its program run as the container would run it, but on this
/// machine's .NET and C library.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class ContainerImageTests
{
    private const string User = "1654";

    // Nothing of the machine can be written but the volume, nothing can be gained by running anything, and no right of root is left.
    private const string Confine =
        """
        mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift && exec setpriv --reuid=1654 --regid=1654 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
        """;

    [Fact]
    public async Task The_image_runs_the_program_as_nobody_in_particular_and_its_program_works_with_a_root_that_is_read_only()
    {
        Requires.Root();
        Requires.Tool("setpriv");
        using var scratch = new ScratchDirectory();
        File.SetUnixFileMode(scratch.Path, (UnixFileMode)0b111_101_101);
        var image = await ContainerImage.BuildAsync(scratch);

        AssertStarts(image);
        AssertHoldsTheProgram(image);
        await AssertRunsAsync(image, scratch);
    }

    private static void AssertStarts(ContainerImage image)
    {
        Assert.Equal(["postern:0.1.0"], image.Tags);
        Assert.Equal(User, (string?)image.Configuration["User"]);
        Assert.Equal(["/app/postern"], Texts(image.Configuration["Entrypoint"]));
        Assert.Equal(["run", "--config", "/etc/postern/postern.yaml"], Texts(image.Configuration["Cmd"]));
        Assert.Equal(["8080/tcp", "8081/tcp"], image.Configuration["ExposedPorts"]!.AsObject().Select(port => port.Key));
        Assert.Equal("/app/", (string?)image.Configuration["WorkingDir"]);
        Assert.Contains("DOTNET_EnableDiagnostics=0", Texts(image.Configuration["Env"]));
        var labels = image.Configuration["Labels"]!;
        Assert.Equal("Postern", (string?)labels["org.opencontainers.image.title"]);
        Assert.Equal("Apache-2.0", (string?)labels["org.opencontainers.image.licenses"]);
        Assert.Equal("0.1.0", (string?)labels["org.opencontainers.image.version"]);
    }

    private static void AssertHoldsTheProgram(ContainerImage image)
    {
        Assert.True(File.Exists(Path.Combine(image.Root, "app/postern")));
        // Those of this platform, and of no other.
        Assert.Single(Directory.GetDirectories(Path.Combine(image.Root, "app/runtimes")));
        // A volume that is mounted over it for the first time takes over its owner.
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(image.Root, "app/data")));
    }

    private static async Task AssertRunsAsync(ContainerImage image, ScratchDirectory scratch)
    {
        await using var shop = await ShopUpstream.StartAsync();
        var setup = new GatewaySetup { Upstream = shop.Url, Data = Path.Combine(image.Root, "app/data") };
        var configuration = await scratch.WriteAsync("postern.yaml", setup.Yaml);
        await using var running = StartConfined(image, ["run", "--config", configuration]);
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(running.HasExited, running.Log);
                await using var health = StartConfined(image, ["health", "--admin", setup.Admin]);
                return await health.WaitForExitAsync() == 0;
            },
            () => $"the node is ready; it printed:\n{running.Log}");

        using var client = new GatewayClient(setup.Gateway);
        using var answer = await client.PublishAsync("/load", "1", "load.made", "{}");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await using (var backup = StartConfined(image, ["store", "backup", "--config", configuration, "--to", setup.Data]))
        {
            Assert.True(await backup.WaitForExitAsync() == 0, backup.Log);
            Assert.Contains("events up to number 1", backup.Log, StringComparison.Ordinal);
        }

        Assert.Equal(0, await running.TerminateAsync());
    }

    private static ChildProcess StartConfined(ContainerImage image, IEnumerable<string> arguments) => ChildProcess.Start(
        "unshare",
        ["--mount", "sh", "-c", Confine, "sh", Path.Combine(image.Root, "app/data"), Path.Combine(image.Root, "app/postern"), .. arguments],
        directory: Path.Combine(image.Root, "app"),
        environment: new Dictionary<string, string> { ["DOTNET_EnableDiagnostics"] = "0" });

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(text => (string)text!);
}
