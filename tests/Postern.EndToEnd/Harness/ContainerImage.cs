using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Harness;

/// <summary>The container image as the SDK makes it of the program that was built, on an empty base image, unpacked.</summary>
internal sealed class ContainerImage
{
    private ContainerImage(string archive, JsonNode manifest, JsonNode configuration, string root)
    {
        Archive = archive;
        Tags = [.. manifest["RepoTags"]!.AsArray().Select(tag => (string)tag!)];
        Configuration = configuration["config"]!;
        Root = root;
    }

    /// <summary>The file that an engine loads.</summary>
    public string Archive { get; }

    public IReadOnlyList<string> Tags { get; }

    /// <summary>How it is started (OCI image specification, config).</summary>
    public JsonNode Configuration { get; }

    /// <summary>The root of its file system, with what the base image would bring missing.</summary>
    public string Root { get; }

    public static async Task<ContainerImage> BuildAsync(ScratchDirectory scratch)
    {
        await using var registry = await BaseImageRegistry.StartAsync();
        var archive = scratch.File("image.tar");
        var configuration = new DirectoryInfo(Path.GetDirectoryName(PosternProgram.File)!).Name;
        await RunAsync(
            ChildProcess.Start(
                "dotnet",
                [
                    "publish", Postern.Tests.Repository.File("src/Postern.Server"), "-c", configuration, "--no-build", "-nodeReuse:false", "-t:PublishContainer",
                    $"-p:ContainerBaseImage={registry.Image}", $"-p:ContainerArchiveOutputPath={archive}", $"-p:PublishDir={scratch.File("publish")}/",
                ],
                environment: new Dictionary<string, string> { ["DOTNET_CONTAINER_INSECURE_REGISTRIES"] = registry.Address }));

        var unpacked = Directory.CreateDirectory(scratch.File("image")).FullName;
        await RunAsync(ChildProcess.Start("tar", ["-xf", archive, "-C", unpacked]));
        var manifest = (await ReadAsync(Path.Combine(unpacked, "manifest.json")))[0]!;
        var root = Directory.CreateDirectory(scratch.File("root")).FullName;
        foreach (var layer in manifest["Layers"]!.AsArray())
        {
            await RunAsync(ChildProcess.Start("tar", ["-xzf", Path.Combine(unpacked, (string)layer!), "-C", root]));
        }

        return new ContainerImage(archive, manifest, await ReadAsync(Path.Combine(unpacked, (string)manifest["Config"]!)), root);
    }

    private static async Task<JsonNode> ReadAsync(string file) => JsonNode.Parse(await File.ReadAllTextAsync(file))!;

    private static async Task RunAsync(ChildProcess process)
    {
        await using (process)
        {
            var exitCode = await process.WaitForExitAsync(seconds: 300);
            Assert.True(exitCode == 0, process.Log);
        }
    }
}
