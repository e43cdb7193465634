using System.Globalization;
using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Harness;

/// <summary>The real program, running on a configuration file.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly ChildProcess process;
    private readonly HttpClient admin;
    private readonly string file;

    private RunningGateway(ChildProcess process, GatewaySetup setup, string file)
    {
        this.process = process;
        Setup = setup;
        this.file = file;
        admin = new HttpClient(setup.Tls?.NewHandler() ?? new SocketsHttpHandler()) { BaseAddress = new Uri(setup.Admin) };
        Client = new GatewayClient(setup.Gateway, setup.Tls?.NewHandler());
    }

    public GatewaySetup Setup { get; }

    /// <summary>A caller without credentials.</summary>
    public GatewayClient Client { get; }

    public string Url => Setup.Gateway;

    public string Log => process.Log;

    /// <summary>Starts the program and waits until it says that it is ready.</summary>
    public static async Task<RunningGateway> StartAsync(GatewaySetup setup)
    {
        Directory.CreateDirectory(setup.Data);
        var file = Path.Combine(setup.Data, $"postern-{new Uri(setup.Gateway).Port}.yaml");
        await File.WriteAllTextAsync(file, setup.Yaml);
        // OpenSSL's own way to say which roots are trusted.
        var environment = setup.Tls is null ? null : new Dictionary<string, string> { ["SSL_CERT_FILE"] = setup.Tls.RootFile };
        var program = ChildProcess.Start(PosternProgram.File, ["run", "--config", file], environment: environment);
        var gateway = new RunningGateway(program, setup, file);
        try
        {
            await Eventually.TrueAsync(gateway.IsReadyAsync, () => $"the gateway is ready; it printed:\n{gateway.Log}");
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Saves another configuration over the one that runs.</summary>
    public Task ReconfigureAsync(string yaml) => File.WriteAllTextAsync(file, yaml);

    public async Task<JsonNode> AdminAsync(string path) => JsonNode.Parse(await admin.GetStringAsync(path))!;

    public Task KillAsync() => process.KillAsync();

    public Task<int> TerminateAsync() => process.TerminateAsync();

    /// <summary>The most memory it has had at any time, in MiB (<c>VmHWM</c>).</summary>
    public int PeakMemoryMiB()
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        // What it printed is the first thing that is asked for when a scenario has failed; of the others it is not shown.
        TestContext.Current.TestOutputHelper?.WriteLine($"The gateway printed:\n{Log}");
        Client.Dispose();
        admin.Dispose();
        await process.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync()
    {
        Assert.False(process.HasExited, $"The gateway has ended by itself. It printed:\n{Log}");
        try
        {
            using var answer = await admin.GetAsync("/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
