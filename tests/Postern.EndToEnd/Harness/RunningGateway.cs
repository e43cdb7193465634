using System.Globalization;
using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Harness;

/// <summary>The real program, running on a configuration file.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly ChildProcess process;
    private readonly HttpClient admin;
    private readonly string file;

    private RunningGateway(ChildProcess process, GatewaySetup setup, string file, Func<SocketsHttpHandler>? newHandler)
    {
        SocketsHttpHandler NewHandler() => setup.Tls?.NewHandler() ?? newHandler?.Invoke() ?? new SocketsHttpHandler();
        this.process = process;
        Setup = setup;
        this.file = file;
        admin = new HttpClient(NewHandler()) { BaseAddress = new Uri(setup.Admin) };
        Client = new GatewayClient(setup.Gateway, NewHandler());
    }

    public GatewaySetup Setup { get; }

    /// <summary>A caller without credentials.</summary>
    public GatewayClient Client { get; }

    public string Url => Setup.Gateway;

    public string Log => process.Log;

    public int ProcessId => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Starts the program and waits until it says that it is ready.</summary>
    /// <param name="launch">Around and beside the program; null: nothing.</param>
    public static async Task<RunningGateway> StartAsync(GatewaySetup setup, Launch? launch = null)
    {
        Directory.CreateDirectory(setup.Data);
        var file = Path.Combine(setup.Data, $"postern-{new Uri(setup.Gateway).Port}.yaml");
        await File.WriteAllTextAsync(file, setup.Yaml);
        // OpenSSL's own way to say which roots are trusted.
        var environment = new Dictionary<string, string>(launch?.Environment ?? new Dictionary<string, string>());
        if (setup.Tls is not null)
        {
            environment["SSL_CERT_FILE"] = setup.Tls.RootFile;
        }

        string[] command = [.. launch?.Prefix ?? [], PosternProgram.File, "run", "--config", file];
        var program = ChildProcess.Start(command[0], command[1..], environment: environment);
        var gateway = new RunningGateway(program, setup, file, launch?.NewHandler);
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

    public Task<string> AdminTextAsync(string path) => admin.GetStringAsync(path);

    public Task KillAsync() => process.KillAsync();

    public Task<int> TerminateAsync() => process.TerminateAsync();

    public void Send(int signal) => process.Send(signal);

    public Task<int> WaitForExitAsync(int seconds) => process.WaitForExitAsync(seconds);

    /// <summary>A line of <c>/proc/…/status</c>: memory in kiB, threads and the like.</summary>
    public int Status(string name)
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>The most memory it has had at any time, in MiB (<c>VmHWM</c>).</summary>
    public int PeakMemoryMiB() => Status("VmHWM") / 1024;

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

/// <summary>How the program is started otherwise than by itself.</summary>
internal sealed record Launch
{
    /// <summary>A program with its arguments that becomes ours (<c>prlimit</c>, <c>unshare</c>): the process must stay the same one.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How the ports of the program are reached where it is started in another network; null: as usual.</summary>
    public Func<SocketsHttpHandler>? NewHandler { get; init; }
}
