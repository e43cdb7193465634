using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>
/// The image as the SDK makes it, and containers of it. The real base image is out of reach: an empty one stands in for it, and what it would bring,
/// .NET and the C library, is mounted from this machine.
/// </summary>
public sealed class ContainerImageTests
{
    private const string Tag = "postern:0.1.0";
    private const string User = "1654";
    private const string Name = "postern-test";

    [Fact]
    public async Task The_image_runs_the_program_without_rights_on_a_read_only_root_and_its_store_outlives_the_container()
    {
        Requires.Root();
        Requires.Tool("podman");
        Requires.Tool("runc");
        using var scratch = new ScratchDirectory();
        var image = await ContainerImage.BuildAsync(scratch);
        AssertStarts(image);
        AssertHoldsTheProgram(image);

        await using var engine = await ContainerEngine.StartAsync(scratch, image.Archive);
        await using var shop = await ShopUpstream.StartAsync();
        var setup = new GatewaySetup { Upstream = shop.Url, Data = "/app/data" };
        Directory.CreateDirectory(scratch.File("configuration"));
        await scratch.WriteAsync("configuration/postern.yaml", setup.Yaml);
        await StartAsync(engine, scratch, setup);
        Assert.False(await PublishAsync(setup));
        var said = await engine.DoAsync("exec", Name, "/app/postern", "store", "backup", "--config", "/etc/postern/postern.yaml", "--to", "/app/data");
        Assert.Contains("events up to number 1", said, StringComparison.Ordinal);

        await engine.DoAsync("stop", "--time", "60", Name);
        Assert.Equal("0", await engine.DoAsync("inspect", Name, "--format", "{{.State.ExitCode}}"));
        await engine.DoAsync("rm", Name);
        await StartAsync(engine, scratch, setup);
        Assert.True(await PublishAsync(setup), "The store of the first container is that of the second.");
    }

    private static void AssertStarts(ContainerImage image)
    {
        Assert.Equal([Tag], image.Tags);
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

    /// <summary>As deploy/compose.yaml starts it, and waits for its health by the same command.</summary>
    private static async Task StartAsync(ContainerEngine engine, ScratchDirectory scratch, GatewaySetup setup)
    {
        string[] confined =
        [
            "--read-only", "--read-only-tmpfs=false", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--volume", "data:/app/data", "--volume", $"{scratch.File("configuration")}:/etc/postern:ro",
        ];
        // The limits are below those of any machine: an engine that may not raise its own can still start it.
        string[] machine = ["--network", "host", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"];
        string[] platform = ["--volume", "/usr:/usr:ro", "--volume", "/lib:/lib:ro", "--volume", "/lib64:/lib64:ro"];
        await engine.DoAsync(["run", "--detach", "--name", Name, .. confined, .. machine, .. platform, "localhost/" + Tag]);
        var health = "";
        if (!await Eventually.IsTrueAsync(
            async () =>
            {
                (var exitCode, health) = await engine.TryAsync("exec", Name, "/app/postern", "health", "--admin", setup.Admin);
                return exitCode == 0;
            },
            seconds: 60))
        {
            Assert.Fail($"The container is not healthy: {health}\n{(await engine.TryAsync("logs", Name)).Log}");
        }
    }

    /// <returns>Whether the event was known already.</returns>
    private static async Task<bool> PublishAsync(GatewaySetup setup)
    {
        using var client = new GatewayClient(setup.Gateway);
        using var answer = await client.PublishAsync("/load", "1", "load.made", "{}");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (bool)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["events"]![0]!["duplicate"]!;
    }

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(text => (string)text!);
}
