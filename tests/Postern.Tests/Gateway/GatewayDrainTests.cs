using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Gateway;
using Postern.Gateway.Pipeline;
using Postern.Hosting;
using Postern.Monitoring;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Gateway;

public sealed class GatewayDrainTests
{
    private readonly FakeTimeProvider time = new();
    private readonly Readiness readiness = new();
    private readonly Draining draining = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_stops_is_not_ready_at_once_and_waits_for_its_time()
    {
        var stopping = Drain(TimeSpan.FromSeconds(7)).StoppingAsync(Cancellation);

        Assert.Contains(Readiness.ShutDown, readiness.Reasons.Keys);
        time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(stopping.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public async Task A_host_that_has_no_more_time_ends_the_wait_in_order()
    {
        using var deadline = new CancellationTokenSource();
        var stopping = Drain(TimeSpan.FromSeconds(7)).StoppingAsync(deadline.Token);

        await deadline.CancelAsync();

        await stopping.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public void A_second_stop_does_not_wait_again()
    {
        var drain = Drain(TimeSpan.FromSeconds(7));
        _ = drain.StoppingAsync(Cancellation);

        Assert.True(drain.StoppingAsync(Cancellation).IsCompletedSuccessfully);
    }

    [Fact]
    public void Without_a_drain_nothing_waits_and_no_connection_is_sent_elsewhere()
    {
        Assert.True(Drain(TimeSpan.Zero).StoppingAsync(Cancellation).IsCompletedSuccessfully);

        Assert.False(draining.HasBegun);
    }

    [Fact]
    public void The_host_waits_for_the_drain_and_for_attempts_under_way_also_after_a_saved_change()
    {
        var live = new LiveConfiguration(Configuration(TimeSpan.FromSeconds(7)));
        var options = new Microsoft.Extensions.Hosting.HostOptions();
        new ShutdownTime(live).Configure(options);
        Assert.Equal(TimeSpan.FromSeconds(7 + 15 + 5), options.ShutdownTimeout);

        live.Replace(Configuration(TimeSpan.FromSeconds(20)) with { Callbacks = new() { Timeout = TimeSpan.FromSeconds(60) } });

        Assert.Equal(TimeSpan.FromSeconds(20 + 60 + 5), options.ShutdownTimeout);
    }

    [Fact]
    public async Task Calls_are_answered_meanwhile_and_their_connections_end()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok");
        await using var gateway = await GatewayHost.StartAsync(Before(upstream.Port), GatewayHost.Operation("GET", "/own", static (_, _) => "own"));
        using (var before = await gateway.Client.GetAsync(new Uri("/", UriKind.Relative), Cancellation))
        {
            Assert.Null(before.Headers.ConnectionClose);
        }

        using var end = new CancellationTokenSource();
        var stopping = gateway.StopAsync(end.Token);
        await Until.TrueAsync(() => gateway.Readiness.Reasons.ContainsKey(Readiness.ShutDown));

        // On the connection that was open, on a new one, and for what the gateway answers itself.
        foreach (var path in new[] { "/", "/", "/own" })
        {
            using var answer = await gateway.Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Headers.ConnectionClose);
        }

        var raw = await RawClient.SendAsync(gateway.Port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.EndsWith("ok", raw, StringComparison.Ordinal);
        Assert.False(stopping.IsCompleted);
        await end.CancelAsync();
        await stopping;
    }

    [Fact]
    public async Task A_connection_of_HTTP_2_is_ended_by_GOAWAY_and_the_next_call_comes_on_another()
    {
        await using var gateway = await GatewayHost.StartAsync(
            Before(FreePort.Next()), GatewayHost.Operation("GET", "/connection", static (context, _) => context.Connection.Id));
        using var client = new HttpClient { BaseAddress = gateway.Http2, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var first = await client.GetStringAsync(new Uri("/connection", UriKind.Relative), Cancellation);
        Assert.Equal(first, await client.GetStringAsync(new Uri("/connection", UriKind.Relative), Cancellation));

        using var end = new CancellationTokenSource();
        var stopping = gateway.StopAsync(end.Token);
        await Until.TrueAsync(() => gateway.Readiness.Reasons.ContainsKey(Readiness.ShutDown));

        Assert.Equal(first, await client.GetStringAsync(new Uri("/connection", UriKind.Relative), Cancellation));
        Assert.NotEqual(first, await client.GetStringAsync(new Uri("/connection", UriKind.Relative), Cancellation));
        await end.CancelAsync();
        await stopping;
    }

    private static PosternConfiguration Before(int upstreamPort) =>
        GatewayHost.Before($"http://127.0.0.1:{upstreamPort}") with { Gateway = new() { Drain = TimeSpan.FromSeconds(20) } };

    private static PosternConfiguration Configuration(TimeSpan drain) => new() { Gateway = new() { Drain = drain } };

    private GatewayDrain Drain(TimeSpan drain) =>
        new(new LiveConfiguration(Configuration(drain)), readiness, draining, time, NullLogger<GatewayDrain>.Instance);
}
