using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Postern.Tests.RabbitMq;

/// <summary>A RabbitMQ of Debian's package as a process of ours, on loopback: started, killed, stopped and emptied as a test likes.</summary>
public sealed partial class RabbitMqServer : IAsyncDisposable
{
    public const int Stop = 19, Continue = 18;

    private const string RequireAll = "POSTERN_TEST_REQUIRE_ALL";
    private const int Kill = 9;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly string directory = Directory.CreateTempSubdirectory("postern-rabbitmq-").FullName;
    private readonly string programs;
    private readonly int port = FreePort.Next();
    private readonly int tlsPort = FreePort.Next();
    private readonly int namesPort = FreePort.Next();
    private readonly int clusterPort = FreePort.Next();
    private readonly TestAuthority authority = new();
    private Process? names;
    private Process? broker;

    private RabbitMqServer(string programs) => this.programs = programs;

    public string Url => $"amqp://guest:guest@127.0.0.1:{port}";

    /// <summary>With a certificate for localhost that <see cref="AuthorityFile"/> vouches for.</summary>
    public string TlsUrl => $"amqps://guest:guest@localhost:{tlsPort}";

    public string AuthorityFile => Path.Combine(directory, "ca.pem");

    /// <summary>Starts one, or skips the test where the package is not there; where everything is required it fails.</summary>
    public static async Task<RabbitMqServer> StartAsync()
    {
        var found = OperatingSystem.IsLinux() && Directory.Exists("/usr/lib/rabbitmq/lib")
            ? Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").FirstOrDefault()
            : null;
        if (found is null)
        {
            const string Reason = "RabbitMQ is not installed: apt-get install rabbitmq-server.";
            if (Environment.GetEnvironmentVariable(RequireAll) == "1")
            {
                Assert.Fail($"{Reason} ({RequireAll}=1 does not let this test be skipped.)");
            }

            Assert.Skip(Reason);
        }

        var server = new RabbitMqServer(Path.Combine(found, "sbin"));
        try
        {
            server.Configure();
            server.names = server.Run("epmd", "-port", $"{server.namesPort}", "-address", "127.0.0.1");
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on what its disk holds, and returns when it answers.</summary>
    public async Task StartAgainAsync()
    {
        broker = Run(Path.Combine(programs, "rabbitmq-server"));
        var started = Stopwatch.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (broker.HasExited || Stopwatch.GetElapsedTime(started) > StartDeadline)
            {
                Assert.Fail($"RabbitMQ did not start. It logged:\n{await LogAsync()}");
            }

            await Task.Delay(Poll, TimeProvider.System);
        }
    }

    /// <summary>SIGKILL, and nothing else.</summary>
    public async Task KillAsync()
    {
        Send(Kill);
        await broker!.WaitForExitAsync();
        broker.Dispose();
        broker = null;
    }

    /// <summary>Takes away all that a killed one had on its disk.</summary>
    public void Empty() => Directory.Delete(Path.Combine(directory, "data"), recursive: true);

    /// <summary>A signal to the broker's process: <see cref="Stop"/>, <see cref="Continue"/>.</summary>
    public void Send(int signal) => _ = SendSignal(broker!.Id, signal);

    /// <summary><c>rabbitmqctl</c>.</summary>
    public async Task ControlAsync(params string[] arguments)
    {
        using var control = Run(Path.Combine(programs, "rabbitmqctl"), arguments);
        await control.WaitForExitAsync();
        Assert.Equal(0, control.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { broker, names })
        {
            if (process is not null)
            {
                _ = SendSignal(process.Id, Kill);
                await process.WaitForExitAsync();
                process.Dispose();
            }
        }

        authority.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private void Configure()
    {
        var certificate = authority.Issue();
        File.WriteAllText(AuthorityFile, authority.RootPem);
        File.WriteAllText(InDirectory("cert.pem"), certificate.Pem);
        File.WriteAllText(InDirectory("key.pem"), certificate.Key);
        File.WriteAllText(InDirectory("enabled_plugins"), "[].");
        File.WriteAllText(
            InDirectory("rabbitmq.conf"),
            $"""
            listeners.tcp.default = 127.0.0.1:{port}
            listeners.ssl.default = 127.0.0.1:{tlsPort}
            ssl_options.certfile = {InDirectory("cert.pem")}
            ssl_options.keyfile = {InDirectory("key.pem")}
            ssl_options.cacertfile = {AuthorityFile}
            ssl_options.versions.1 = tlsv1.2
            disk_free_limit.absolute = 10MB
            vm_memory_high_watermark.absolute = 1GB
            """);
        var cookie = InDirectory(".erlang.cookie");
        File.WriteAllText(cookie, "postern");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
        }
    }

    private string InDirectory(string file) => Path.Combine(directory, file);

    // Its scripts as they stand, with every place of theirs in a directory of ours. Debian's wrapper would change to a user of its own.
    private Process Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["HOME"] = directory,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = $"{namesPort}",
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_NODENAME"] = "postern@localhost",
            ["RABBITMQ_DIST_PORT"] = $"{clusterPort}",
            ["RABBITMQ_MNESIA_BASE"] = InDirectory("data"),
            ["RABBITMQ_LOG_BASE"] = InDirectory("log"),
            ["RABBITMQ_PID_FILE"] = InDirectory("pid"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = InDirectory("enabled_plugins"),
            ["RABBITMQ_CONFIG_FILE"] = InDirectory("rabbitmq.conf"),
            ["RABBITMQ_GENERATED_CONFIG_DIR"] = InDirectory("generated"),
            ["RABBITMQ_SCHEMA_DIR"] = InDirectory("schema"),
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = InDirectory("advanced.config"),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",

            // Then the script becomes the broker, and the process that was started is the one to kill.
            ["RUNNING_UNDER_SYSTEMD"] = "1",
        })
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>It answers to the first bytes of AMQP when it is up, and not before.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", port);
            await socket.SendAsync("AMQP\0\0\t\u0001"u8.ToArray());
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            return await socket.ReceiveAsync(new byte[1], limit.Token) == 1;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<string> LogAsync() => Directory.Exists(InDirectory("log"))
        ? string.Join('\n', await Task.WhenAll(Directory.GetFiles(InDirectory("log"), "*.log").Select(file => File.ReadAllTextAsync(file))))
        : "";

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
