using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Model;

namespace Postern.Tests.Gateway;

public sealed class CaptureTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_created_record_becomes_an_event_with_the_very_bytes_of_the_response()
    {
        const string body = """{ "id" : 42,   "name":"M\u00fcller" }""";
        await using var upstream = await UpstreamHost.StartAsync(static async context =>
        {
            context.Response.StatusCode = 201;
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.Headers.Location = "/orders/42";
            await context.Response.WriteAsync(body);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = new StringContent("{}") };
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        var answer = await gateway.Client.SendAsync(request, Cancellation);

        Assert.Equal(body, await answer.Content.ReadAsStringAsync(Cancellation));
        var content = Assert.Single(gateway.Store.Staged);
        Assert.Equal(("/orders", "42", "orders.created"), (content.Source, content.Subject, content.Type));
        Assert.Equal("application/json; charset=utf-8", content.DataContentType);
        Assert.Equal(body, Text(content));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", content.Extensions!["traceparent"]);
        Assert.Null(content.ProducerId);
    }

    [Theory]
    [InlineData("GET", "/orders/42", 200)]
    [InlineData("POST", "/orders", 400)]
    [InlineData("POST", "/orders", 302)]
    [InlineData("DELETE", "/orders/42", 404)]
    [InlineData("PUT", "/orders/42", 500)]
    public async Task What_changed_nothing_makes_no_event(string method, string path, int status)
    {
        await using var upstream = await UpstreamHost.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        await gateway.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancellation);

        Assert.Empty(gateway.Store.Staged);
    }

    [Fact]
    public async Task A_path_outside_the_configured_resources_makes_no_event()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var gateway = await GatewayHost.StartAsync(Shop(upstream.Port, new CaptureConfiguration()));

        await gateway.Client.PostAsync("/login", new StringContent("x"), Cancellation);
        await gateway.Client.PostAsync("/orders", new StringContent("x"), Cancellation);

        Assert.Equal("/orders", Assert.Single(gateway.Store.Staged).Source);
    }

    [Fact]
    public async Task A_deletion_without_a_body_says_which_record_it_was()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await gateway.Client.DeleteAsync("/orders/42", Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var content = Assert.Single(gateway.Store.Staged);
        Assert.Equal("""{"resource":"/orders","key":"42"}""", Text(content));
        Assert.Equal(("orders.deleted", "application/json", "/orders/42"), (content.Type, content.DataContentType, content.Path));
    }

    [Fact]
    public async Task The_request_is_shown_when_the_API_returns_nothing()
    {
        await using var upstream = await UpstreamHost.StartAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = 204;
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        await gateway.Client.PutAsync("/orders/42", new StringContent("a=1", new MediaTypeHeaderValue("text/csv")), Cancellation);

        var content = Assert.Single(gateway.Store.Staged);
        Assert.Equal(("a=1", "text/csv", "orders.updated"), (Text(content), content.DataContentType, content.Type));
    }

    [Fact]
    public async Task The_response_waits_until_the_event_is_staged()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        gateway.Store.Gate = gate.Task;

        var answer = gateway.Client.PostAsync("/orders", new StringContent("x"), Cancellation);
        await gateway.Store.Asked.Task.WaitAsync(Cancellation);
        Assert.False(answer.IsCompleted);
        gate.SetResult();

        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
        Assert.Single(gateway.Store.Staged);
    }

    [Theory]
    [InlineData(CaptureMode.Strict, HttpStatusCode.ServiceUnavailable)]
    [InlineData(CaptureMode.BestEffort, HttpStatusCode.OK)]
    public async Task When_staging_fails_the_mode_says_what_the_client_gets(CaptureMode mode, HttpStatusCode status)
    {
        await using var upstream = await UpstreamHost.StartAsync(static context =>
        {
            context.Response.Headers["X-From"] = "api";
            return context.Response.WriteAsync("answer");
        });
        await using var gateway = await GatewayHost.StartAsync(Shop(upstream.Port, new CaptureConfiguration { Mode = mode }));
        gateway.Store.Fails = true;

        var answer = await gateway.Client.PostAsync("/orders", new StringContent("x"), Cancellation);
        var body = await answer.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(mode == CaptureMode.BestEffort, answer.Headers.Contains("X-From"));
        Assert.Equal(mode == CaptureMode.Strict, answer.Headers.RetryAfter is not null);
        Assert.Equal(mode == CaptureMode.BestEffort, body == "answer");
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_staged_lost_refused_or_left_out_is_counted()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync(new string('x', 2000)));
        await using var gateway = await GatewayHost.StartAsync(Shop(upstream.Port, new CaptureConfiguration { MaxBodyBytes = 1024 }));
        var counted = new ConcurrentDictionary<string, long>();
        var meter = gateway.Meter;
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counted.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        foreach (var instrument in new[] { meter.EventsStaged, meter.CaptureOmitted, meter.CaptureRefused, meter.CaptureLost })
        {
            listener.EnableMeasurementEvents(instrument);
        }

        listener.Start();
        await gateway.Client.PostAsync("/orders", new StringContent("x"), Cancellation);
        gateway.Store.Fails = true;
        await gateway.Client.PostAsync("/orders", new StringContent("x"), Cancellation);
        gateway.Live.Replace(Shop(upstream.Port, new CaptureConfiguration { Mode = CaptureMode.BestEffort }));
        await gateway.Client.PostAsync("/orders", new StringContent("x"), Cancellation);

        Assert.Equal(
            [("postern.capture.lost", 1), ("postern.capture.omitted", 1), ("postern.capture.refused", 1), ("postern.events.staged", 1)],
            counted.OrderBy(static count => count.Key, StringComparer.Ordinal).Select(static count => (count.Key, count.Value)));
    }

    [Theory]
    [InlineData(1024, null)]
    [InlineData(1025, "size")]
    public async Task A_body_over_the_limit_is_left_out_and_passes_whole(int size, string? omitted)
    {
        var body = new string('x', size);
        await using var upstream = await UpstreamHost.StartAsync(async context =>
        {
            // In two writes: without Content-Length.
            await context.Response.WriteAsync(body[..10]);
            await context.Response.WriteAsync(body[10..]);
        });
        await using var gateway = await GatewayHost.StartAsync(Shop(upstream.Port, new CaptureConfiguration { MaxBodyBytes = 1024 }));

        var answer = await gateway.Client.PutAsync("/orders/1", new StringContent("y"), Cancellation);

        Assert.Equal(body, await answer.Content.ReadAsStringAsync(Cancellation));
        var content = Assert.Single(gateway.Store.Staged);
        Assert.Equal(omitted, content.Extensions!.GetValueOrDefault("dataomitted"));
        Assert.Equal(omitted is null ? body : """{"resource":"/orders","key":"1"}""", Text(content));
    }

    [Fact]
    public async Task A_plain_body_is_asked_for_and_an_encoded_one_left_out()
    {
        string? asked = null;
        await using var upstream = await UpstreamHost.StartAsync(context =>
        {
            asked = context.Request.Headers.AcceptEncoding;
            context.Response.Headers.ContentEncoding = "br";
            return context.Response.WriteAsync("encoded");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/orders/1") { Content = new StringContent("y") };
        request.Headers.Add("Accept-Encoding", "gzip, br");

        var answer = await gateway.Client.SendAsync(request, Cancellation);

        Assert.Equal("identity", asked);
        Assert.Equal("encoded", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("encoding", Assert.Single(gateway.Store.Staged).Extensions!["dataomitted"]);
    }

    [Fact]
    public async Task A_client_that_goes_away_does_not_take_the_event_with_it()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await UpstreamHost.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => cut.TrySetResult());
            // Half a change is none: the gateway may cut a call whose body the client has not sent to its end.
            await context.Request.Body.CopyToAsync(Stream.Null);
            arrived.SetResult();
            await release.Task;
            await context.Response.WriteAsync("made");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        using var impatient = new CancellationTokenSource();

        var call = gateway.Client.PostAsync("/orders", new StringContent("x"), impatient.Token);
        await arrived.Task.WaitAsync(Cancellation);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        // Nothing tells that a call was not cut but that it is still there a while later.
        await Assert.ThrowsAsync<TimeoutException>(() => cut.Task.WaitAsync(TimeSpan.FromMilliseconds(300), Cancellation));
        release.SetResult();

        Assert.True(SpinWait.SpinUntil(() => gateway.Store.Staged.Count == 1, TimeSpan.FromSeconds(10)));
        Assert.Equal("made", Text(gateway.Store.Staged.Single()));
    }

    [Fact]
    public async Task A_response_that_breaks_off_is_announced_without_its_body()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 201 Created\r\nLocation: /orders/7\r\nContent-Length: 100\r\n\r\nshort");
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await gateway.Client.PostAsync("/orders", new StringContent("x"), Cancellation);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        var content = Assert.Single(gateway.Store.Staged);
        Assert.Equal(("7", "incomplete"), (content.Subject, content.Extensions!["dataomitted"]));
    }

    [Fact]
    public async Task A_remote_call_by_POST_is_no_change_of_a_resource()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("ok"));
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        await gateway.Client.PostAsync("/shop.Orders/Add", new StringContent("x", new MediaTypeHeaderValue("application/grpc")), Cancellation);

        Assert.Empty(gateway.Store.Staged);
    }

    private static PosternConfiguration Shop(int port, CaptureConfiguration capture) => new()
    {
        Apis = new Dictionary<string, ApiConfiguration>
        {
            ["shop"] = new()
            {
                Upstream = [$"http://127.0.0.1:{port}"],
                Resources = new Dictionary<string, ResourceConfiguration> { ["/orders"] = new() },
                Capture = capture,
            },
        },
    };

    private static string Text(EventContent content) => Encoding.UTF8.GetString(content.Data.Span);
}
