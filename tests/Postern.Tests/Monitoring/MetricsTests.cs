using System.Diagnostics.Metrics;
using Postern.Monitoring;

namespace Postern.Tests.Monitoring;

public sealed class MetricsTests : IAsyncLifetime
{
    private AdminServer server = null!;

    public async ValueTask InitializeAsync() => server = await AdminServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public void The_committed_list_is_what_the_meter_has() =>
        CommittedFile.Matches("docs/reference/metrics.md", MetricsReference.Page(MetricsReference.Instruments(server.Service<PosternMeter>())));

    [Fact]
    public async Task Every_documented_instrument_is_in_the_text()
    {
        var instruments = MetricsReference.Instruments(server.Service<PosternMeter>());
        Assert.True(instruments.Count > 20);
        foreach (var instrument in instruments)
        {
            (instrument as Counter<long>)?.Add(1);
            (instrument as Histogram<double>)?.Record(0.1);
        }

        var names = TypedNames(await TextAsync());
        Assert.Empty(instruments.Select(MetricsReference.PrometheusName).Except(names));
    }

    [Fact]
    public async Task Gauges_say_what_the_store_and_the_lanes_say()
    {
        server.Service<EndpointBoard>().Register("https://a:443", () => new EndpointStatus("https://a:443", 4, 2, 64, null, null, null, null));
        server.Service<EndpointBoard>().Register("https://b:443", () => new EndpointStatus("https://b:443", 5, 1, 64, null, null, null, null));
        var text = await TextAsync();
        Assert.Equal(1200, Value(text, "postern_store_log_end"));
        Assert.Equal(10, Value(text, "postern_listener_lag"));
        Assert.Equal(17, Value(text, "postern_callbacks_pending"));
        Assert.Equal(3, Value(text, "postern_callbacks_dead"));
        Assert.Equal(5, Value(text, "postern_subscriptions"));
        Assert.Equal(2, Value(text, "postern_lanes"));
        Assert.Equal(9, Value(text, "postern_lanes_waiting"));
        Assert.Equal(3, Value(text, "postern_lanes_in_flight"));
        server.Store.Statistics = server.Store.Statistics with { Dead = 4 };
        Assert.Equal(4, Value(await TextAsync(), "postern_callbacks_dead"));
    }

    [Fact]
    public async Task A_node_that_does_not_lead_says_nothing_of_what_the_leader_alone_knows()
    {
        Assert.Equal(1, Value(await TextAsync(), "postern_callbacks_leads"));

        server.Store.IsLeader = false;

        var text = await TextAsync();
        Assert.Equal(0, Value(text, "postern_callbacks_leads"));
        Assert.Equal(0, Value(text, "postern_listener_leads"));
        Assert.Equal(17, Value(text, "postern_callbacks_pending"));
        Assert.DoesNotContain(TypedNames(text), static name => name.StartsWith("postern_lanes", StringComparison.Ordinal) || name == "postern_subscriptions_failing");
    }

    [Fact]
    public async Task Another_gateway_in_the_process_mixes_no_numbers_in()
    {
        await using (var other = await AdminServer.StartAsync())
        {
            other.Store.Statistics = other.Store.Statistics with { Dead = 99 };
            other.Service<PosternMeter>().CaptureLost.Add(5);
            server.Service<PosternMeter>().CaptureLost.Add(1);
            Assert.Equal(3, Value(await TextAsync(), "postern_callbacks_dead"));
            Assert.Equal(1, Value(await TextAsync(), "postern_capture_lost_total"));
        }

        Assert.Equal(3, Value(await TextAsync(), "postern_callbacks_dead"));
    }

    [Fact]
    public async Task The_platform_measures_itself_beside_it()
    {
        await server.GetAsync("/healthz");
        var names = TypedNames(await TextAsync());
        Assert.Contains(names, name => name.StartsWith("http_server_request_duration", StringComparison.Ordinal));
        Assert.Contains(names, name => name.StartsWith("kestrel_", StringComparison.Ordinal));
        Assert.Contains(names, name => name.StartsWith("dotnet_", StringComparison.Ordinal));
    }

    private async Task<string> TextAsync() => await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

    private static List<string> TypedNames(string text) =>
        [.. text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];

    private static double Value(string text, string name) => double.Parse(
        Assert.Single(text.Split('\n'), line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
            .Split(' ')[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
