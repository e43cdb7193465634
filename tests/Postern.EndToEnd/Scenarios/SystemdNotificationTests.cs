using System.Net.Sockets;
using System.Text;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class SystemdNotificationTests
{
    private const string Stopping = "STOPPING=1";

    [Fact]
    public async Task Systemd_is_told_when_the_node_is_ready_what_became_of_a_change_and_that_it_stops()
    {
        Requires.Linux();
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        using var manager = new NotifySocket(scratch.File("notify"));
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") };
        await using var gateway = await RunningGateway.StartAsync(
            setup, new Launch { Environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Path } });

        Assert.Equal($"STATUS=Gateway on {setup.Gateway}, admin on {setup.Admin}", await manager.NextAsync());
        Assert.Equal("READY=1", await manager.NextAsync());

        await gateway.ReconfigureAsync((setup with { Upstream = "ftp://nowhere" }).Yaml);
        Assert.Contains("was refused", await manager.NextAsync(), StringComparison.Ordinal);
        await gateway.ReconfigureAsync(setup.Yaml);
        Assert.StartsWith("STATUS=Gateway on", await manager.NextAsync(), StringComparison.Ordinal);

        Assert.Equal(0, await gateway.TerminateAsync());
        Assert.Equal(Stopping, await manager.NextAsync());
    }

    [Fact]
    public async Task Nothing_is_told_to_be_ready_that_did_not_start()
    {
        Requires.Linux();
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        using var manager = new NotifySocket(scratch.File("notify"));
        var setup = new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") };
        await using var first = await RunningGateway.StartAsync(setup);
        var file = await scratch.WriteAsync("second.yaml", (setup with { Data = setup.Data }).Yaml);

        await using var second = ChildProcess.Start(
            PosternProgram.File, ["run", "--config", file], environment: new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Path });

        Assert.Equal(1, await second.WaitForExitAsync());
        Assert.False(manager.HasMore);
    }

    [Fact]
    public async Task A_service_manager_that_is_gone_keeps_the_node_from_nothing()
    {
        Requires.Linux();
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(
            new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") },
            new Launch { Environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = scratch.File("nobody") } });

        await Eventually.TrueAsync(() => gateway.Log.Contains("READY=1", StringComparison.Ordinal), () => $"it says that nobody was told; it printed:\n{gateway.Log}");
        Assert.Equal(0, await gateway.TerminateAsync());
    }

    /// <summary>The socket of a service manager (sd_notify(3)): datagrams, each some lines of NAME=value.</summary>
    private sealed class NotifySocket : IDisposable
    {
        private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

        public NotifySocket(string path)
        {
            Path = path;
            socket.Bind(new UnixDomainSocketEndPoint(path));
        }

        public string Path { get; }

        public bool HasMore => socket.Available > 0;

        public async Task<string> NextAsync()
        {
            var buffer = new byte[4096];
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(30));
            return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, patience.Token));
        }

        public void Dispose() => socket.Dispose();
    }
}
