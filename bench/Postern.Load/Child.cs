using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Postern.Load;

/// <summary>A server as a process of its own, so that its CPU time and memory can be told apart from the load's.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly HttpClient Admin = new();
    private static readonly string Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly Process process;

    private Child(Process process, int port)
    {
        this.process = process;
        Port = port;
    }

    /// <summary>URL of the database that a node keeps everything in, empty at its start; null: a SQLite file.</summary>
    public static string? Store { get; set; }

    public int Port { get; }

    /// <summary>The gateway's other port; 0 for a twin.</summary>
    public int AdminPort { get; private init; }

    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMiB
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Starts this program again as one of the twins.</summary>
    public static Task<Child> TwinAsync(string kind, int port, params string[] more) =>
        StartAsync("dotnet", [typeof(Child).Assembly.Location, "twin", kind, port.ToString(CultureInfo.InvariantCulture), .. more], port);

    /// <summary>Starts the real program; on a directory that it ran in before, it goes on with what is there, on new ports.</summary>
    /// <param name="more">Further lines of the configuration.</param>
    public static async Task<Child> PosternAsync(string directory, int upstream, string more = "")
    {
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        var configuration = Path.Combine(directory, "postern.yaml");
        await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            gateway: { listen: "http://127.0.0.1:{{port}}" }
            admin: { listen: "http://127.0.0.1:{{admin}}" }
            store: "{{Store ?? $"sqlite:{directory}/data/postern.db"}}"
            secrets: { key: {{Key}} }
            egress: { allow: [127.0.0.0/8] }
            apis:
              shop: { upstream: "http://127.0.0.1:{{upstream}}" }
            {{more}}
            """));
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Postern.Server", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "Postern.Server.dll"));
        return await StartAsync("dotnet", [program, "run", "--config", configuration], port, admin);
    }

    /// <summary>Highest resident memory since the start, in MiB.</summary>
    public double PeakResidentMiB
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Callbacks the gateway owes, as its own metrics say.</summary>
    public async Task<long> PendingAsync() => (long)await MetricAsync("postern_callbacks_pending");

    /// <summary>The managed heap after the last collection, with what that one did not look at: an upper bound of what is held.</summary>
    public async Task<double> HeapMiBAsync() => await MetricAsync("dotnet_gc_last_collection_heap_size") / 1048576.0;

    public async Task WaitForPendingAsync(long count)
    {
        while (await PendingAsync() < count)
        {
            await Task.Delay(100);
        }
    }

    /// <summary>Kills it: a store that is left behind is one after a crash.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private async Task<double> MetricAsync(string name)
    {
        var metrics = await Admin.GetStringAsync($"http://127.0.0.1:{AdminPort}/metrics");
        return metrics.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[line.Contains('}') ? 0 : 1], CultureInfo.InvariantCulture));
    }

    private static async Task<Child> StartAsync(string file, IReadOnlyList<string> arguments, int port, int admin = 0)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        var output = new System.Text.StringBuilder();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var attempt = 0; attempt < 6000; attempt++)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}");
            }

            try
            {
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return new Child(process, port) { AdminPort = admin };
            }
            catch (SocketException)
            {
                await Task.Delay(10);
            }
        }

        process.Kill();
        throw new TimeoutException($"{string.Join(' ', arguments)} does not listen on {port}:\n{output}");

        void Keep(string? line)
        {
            lock (output)
            {
                if (line is not null && output.Length < 20_000)
                {
                    output.AppendLine(line);
                }
            }
        }
    }
}
