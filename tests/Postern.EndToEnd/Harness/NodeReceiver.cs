using System.Text.Json;

namespace Postern.EndToEnd.Harness;

/// <summary>The receiver of <c>node/receiver.mjs</c>: <c>standardwebhooks</c>, unmodified, is the judge.</summary>
internal sealed class NodeReceiver : IAsyncDisposable
{
    private readonly ChildProcess process;
    private readonly HttpClient control = new();
    private readonly string file;

    private NodeReceiver(ChildProcess process, string url, string file)
    {
        this.process = process;
        this.file = file;
        Url = url;
    }

    public string Url { get; }

    public static async Task<NodeReceiver> StartAsync(ScratchDirectory scratch)
    {
        var port = FreePort.Next();
        var file = scratch.File("callbacks.jsonl");
        await File.WriteAllTextAsync(file, "");
        var process = NodeProgram.Start("receiver.mjs", $"{port}", file);
        await Eventually.TrueAsync(() => process.Output.Contains("ready", StringComparison.Ordinal), () => $"the Node receiver is ready; it printed:\n{process.Log}");
        return new NodeReceiver(process, $"http://127.0.0.1:{port}", file);
    }

    public async Task TrustAsync(string path, params IEnumerable<string> secrets)
    {
        using var answer = await control.PutAsync($"{Url}/-/secrets?path={path}", new StringContent(string.Join('\n', secrets)));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Every callback so far.</summary>
    public IReadOnlyList<NodeCallback> Read()
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);

        // The last line may be half written.
        var lines = reader.ReadToEnd().Split('\n')[..^1];
        return [.. lines.Select(line => JsonSerializer.Deserialize<NodeCallback>(line, JsonSerializerOptions.Web)!)];
    }

    public async ValueTask DisposeAsync()
    {
        control.Dispose();
        await process.DisposeAsync();
    }
}

/// <param name="Id">The <c>webhook-id</c>.</param>
/// <param name="Body">In base64.</param>
/// <param name="Fault">What <c>standardwebhooks</c> said of a signature that is not valid.</param>
internal sealed record NodeCallback(string Path, string Id, IReadOnlyDictionary<string, string> Headers, string Body, bool Verified, string? Fault);
