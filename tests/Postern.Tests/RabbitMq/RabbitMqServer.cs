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
    private readonly string name;
    private readonly string more;
    private readonly int namesPort;
    private readonly int clusterPort = FreePort.Next();
    private readonly TestAuthority authority = new();
    private readonly bool ownsNames;
    private Process? names;
    private Process? broker;

    /// <param name="name">Of the node, before <c>@localhost</c>.</param>
    /// <param name="namesPort">Where the nodes of a cluster ask for each other; null: it has that for itself.</param>
    /// <param name="more">More lines of its configuration.</param>
    private RabbitMqServer(string programs, string name = "postern", int? namesPort = null, string more = "")
    {
        (this.programs, this.name, this.more) = (programs, name, more);
        (ownsNames, this.namesPort) = (namesPort is null, namesPort ?? FreePort.Next());
    }

    public string Url => $"amqp://guest:guest@127.0.0.1:{port}";

    /// <summary>With a certificate for localhost that <see cref="AuthorityFile"/> vouches for.</summary>
    public string TlsUrl => $"amqps://guest:guest@localhost:{tlsPort}";

    public string AuthorityFile => Path.Combine(directory, "ca.pem");

    /// <summary>Starts one, or skips the test where the package is not there; where everything is required it fails.</summary>
    public static async Task<RabbitMqServer> StartAsync() => (await StartAsync(static programs => [new RabbitMqServer(programs)]))[0];

    /// <summary>The same of several that are one cluster, of which each quorum queue is on all.</summary>
    public static Task<IReadOnlyList<RabbitMqServer>> StartClusterAsync(int nodes) => StartAsync(programs =>
    {
        var more = string.Join('\n', Enumerable.Range(1, nodes).Select(static number => $"cluster_formation.classic_config.nodes.{number} = postern{number}@localhost")
            .Prepend("cluster_formation.peer_discovery_backend = classic_config").Append($"cluster_formation.target_cluster_size_hint = {nodes}")
            .Append("cluster_partition_handling = pause_minority"));
        var first = new RabbitMqServer(programs, "postern1", more: more);
        return [first, .. Enumerable.Range(2, nodes - 1).Select(number => new RabbitMqServer(programs, $"postern{number}", first.namesPort, more))];
    });

    private static async Task<IReadOnlyList<RabbitMqServer>> StartAsync(Func<string, IReadOnlyList<RabbitMqServer>> make)
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

        var servers = make(Path.Combine(found, "sbin"));
        try
        {
            foreach (var server in servers)
            {
                server.Configure();
                server.names = server.ownsNames ? server.Run("epmd", "-port", $"{server.namesPort}", "-address", "127.0.0.1") : null;
            }

            // Side by side: a cluster comes up when its nodes do.
            await Task.WhenAll(servers.Select(static server => server.StartAgainAsync()));
            if (servers.Count > 1)
            {
                await servers[0].ControlAsync("await_online_nodes", $"{servers.Count}");
            }

            return servers;
        }
        catch
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }

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
            {more}
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
            ["RABBITMQ_NODENAME"] = $"{name}@localhost",
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
        // Not by lines: the end of a process would then be waited for until whoever has inherited its output has ended, too.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
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
