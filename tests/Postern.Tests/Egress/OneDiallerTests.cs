using Postern.Storage.Sqlite;

namespace Postern.Tests.Egress;

/// <summary>Nothing leaves the program but through the dialler (§2.1 S-7), as the compiled code itself says.</summary>
public sealed class OneDiallerTests
{
    private const string Dialler = "Postern.Egress";

    /// <summary>Who may, and why.</summary>
    private static readonly Dictionary<string, string> exceptions = new(StringComparer.Ordinal)
    {
        ["Postern.Gateway.Proxy.UpstreamClient"] = "The APIs are the operator's own addresses, mostly private ones: what the guard refuses is where they are.",
        ["Postern.Storage.PostgreSql.Engine.PostgreSqlConnection"] = "The database is the operator's own address, mostly a private one.",
        ["Postern.Storage.PostgreSql.Peers.Nudges"] = "The same database, listened to for what other nodes have changed.",
        ["Postern.Server.Commands.HealthCommand"] = "A command's client: dials the admin port that the command line names.",
        ["Postern.Server.Demo.DemoPlaces"] = "Binds a port to see that it is free; dials nothing.",
        ["Postern.Server.Demo.DemoCaller"] = "The demo's caller: dials the gateway that it has just started.",
        ["Postern.Server.Replay.AdminClient"] = "A command's client: dials the admin port that the command line names.",
        ["Postern.Server.CrashTest.GatewayCaller"] = "The crash test's caller: dials the node that it has just started.",
        ["Postern.Server.CrashTest.OpenConnections"] = "The crash test: dials its own receiver, to be last in its queue.",
        ["Postern.Server.CrashTest.NodeFiles"] = "Binds a port to see that it is free; dials nothing.",
    };

    private static readonly string[] dialling =
    [
        "System.Net.Http.HttpClient.", "System.Net.Http.HttpMessageInvoker..ctor", "System.Net.Http.SocketsHttpHandler.", "System.Net.Http.HttpClientHandler.",
        "System.Net.Sockets.Socket.", "System.Net.Sockets.TcpClient.", "System.Net.Sockets.UdpClient.", "System.Net.Sockets.NetworkStream.",
        "System.Net.WebSockets.ClientWebSocket.", "System.Net.Dns.", "System.Net.WebClient.", "System.Net.WebRequest.", "System.Net.HttpWebRequest.",
        "System.Net.FtpWebRequest.", "System.Net.Mail.SmtpClient.", "System.Net.NetworkInformation.Ping.", "System.Net.Quic.QuicConnection.",
        "System.IO.Pipes.NamedPipeClientStream.", "Microsoft.Extensions.Http.", "Yarp.ReverseProxy.Forwarder.ForwarderHttpClientFactory.", "Npgsql.NpgsqlConnection..ctor", "Npgsql.NpgsqlDataSource",
    ];

    public static TheoryData<string> Assemblies =>
        [typeof(Postern.Egress.EgressClient).Assembly.Location, typeof(SqliteStore).Assembly.Location, typeof(Postern.Server.Commands.CommandLine).Assembly.Location];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Nothing_but_the_dialler_makes_a_connection(string assembly)
    {
        var others = IlCalls.Of(assembly)
            .Where(call => IsDialling(call.Member) && !IsDialler(call.Caller) && !exceptions.ContainsKey(call.Caller))
            .Distinct();

        Assert.Empty(others);
    }

    [Fact]
    public void The_reader_of_compiled_code_finds_what_the_dialler_does()
    {
        var calls = IlCalls.Of(typeof(Postern.Egress.EgressClient).Assembly.Location).Where(call => IsDialler(call.Caller)).Select(call => call.Member).ToHashSet();

        Assert.Contains("System.Net.Sockets.Socket..ctor", calls);
        Assert.Contains("System.Net.Http.SocketsHttpHandler..ctor", calls);
        Assert.Contains("System.Net.Http.HttpMessageInvoker..ctor", calls);
        Assert.Contains("System.Net.Dns.GetHostAddresses", calls);
    }

    [Fact]
    public void Every_exception_is_still_needed()
    {
        var dialling = Assemblies.SelectMany(row => IlCalls.Of(row.Data)).Where(call => IsDialling(call.Member)).Select(call => call.Caller).ToHashSet();

        Assert.All(exceptions.Keys, name => Assert.Contains(name, dialling));
    }

    private static bool IsDialling(string member) => Array.Exists(dialling, prefix => member.StartsWith(prefix, StringComparison.Ordinal));

    private static bool IsDialler(string type) => type.StartsWith(Dialler + ".", StringComparison.Ordinal);
}
