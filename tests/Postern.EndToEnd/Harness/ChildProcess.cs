using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Postern.EndToEnd.Harness;

/// <summary>A process of the suite, with everything it prints.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    private ChildProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>What it has printed so far, without its errors.</summary>
    public string Output => Read(output);

    /// <summary>Everything it has printed so far.</summary>
    public string Log => $"{Read(output)}{Read(errors)}";

    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string? directory = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start });
        child.process.OutputDataReceived += (_, line) => Append(child.output, line.Data);
        child.process.ErrorDataReceived += (_, line) => Append(child.errors, line.Data);
        child.process.Start();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until it ends by itself; the exit code.</summary>
    public async Task<int> WaitForExitAsync(int seconds = 60)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The wait is for the end of what it printed too, and once in some thousands of times it does not end: a process that is gone will do.
            Assert.True(process.HasExited, $"{process.StartInfo.FileName} did not end within {seconds} s. It printed:\n{Log}");
        }

        return process.ExitCode;
    }

    /// <summary>SIGTERM, as a service manager ends it; the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Assert.Equal(0, Kill(process.Id, SigTerm));
        return await WaitForExitAsync();
    }

    public void Send(int signal) => Assert.Equal(0, Kill(process.Id, signal));

    /// <summary>SIGKILL: it has no say in it, nor has what it started, which would hold its output open.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await WaitForExitAsync(seconds: 20);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
