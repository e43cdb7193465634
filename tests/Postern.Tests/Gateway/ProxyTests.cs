using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;

namespace Postern.Tests.Gateway;

public sealed class ProxyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Connection: close, X-Hop, Host, X-Forwarded-For")]
    [InlineData("Connection: X-Hop, close")]
    [InlineData("Connection: keep-alive, X-Hop\r\nConnection: close")]
    [InlineData("Connection: close\r\nConnection: x-hop")]
    [InlineData("Connection: close, keep-alive, upgrade,, X-HOP ,")]
    public async Task Fields_named_in_Connection_end_at_the_gateway(string connection)
    {
        var upstream = await RequestAsync($"GET /a HTTP/1.1\r\nHost: a\r\n{connection}\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nX-End: 2\r\n\r\n");

        Assert.Empty(upstream.Header("X-Hop"));
        Assert.Empty(upstream.Header("Keep-Alive"));
        Assert.Empty(upstream.Header("Connection"));
        Assert.Equal(["2"], upstream.Header("X-End"));
        Assert.Equal(["127.0.0.1"], upstream.Header("X-Forwarded-For"));
    }

    [Theory]
    [InlineData("keep-alive, X-Hop")]
    [InlineData("X-Hop")]
    [InlineData("keep-alive")]
    public async Task A_connection_that_is_to_stay_open_stays_open(string connection)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        await RawClient.SendAsync(
            gateway.Port,
            $"GET /a HTTP/1.1\r\nHost: a\r\nConnection: {connection}\r\nX-Hop: 1\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n");

        Assert.Equal(2, upstream.Received.Count);
        Assert.DoesNotContain("X-Hop: 1", upstream.Received[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Via_is_appended_both_ways()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nVia: 1.0 inner\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await RawClient.SendAsync(gateway.Port, "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nVia: 1.1 outer\r\n\r\n");

        Assert.Equal("1.1 outer, 1.1 postern", string.Join(", ", upstream.Header("Via")));
        Assert.Contains("Via: 1.0 inner", answer, StringComparison.Ordinal);
        Assert.Contains("1.1 postern\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Consumer-Name")]
    [InlineData("x-consumer-groups")]
    [InlineData("X_Consumer_Name")]
    [InlineData("X-User-Id")]
    [InlineData("X-USER_ID")]
    [InlineData("X-Real-IP")]
    [InlineData("X_Real_IP")]
    [InlineData("Forwarded")]
    [InlineData("X-JWT-Claims")]
    [InlineData("X-Authenticated-Userid")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X_Forwarded_For")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("X-Forwarded-Port")]
    [InlineData("X-Content-Length")]
    public async Task A_client_cannot_say_who_it_is(string header)
    {
        var upstream = await RequestAsync($"GET /a HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n{header}: forged\r\n\r\n");

        Assert.DoesNotContain("forged", upstream.Request, StringComparison.Ordinal);
        Assert.Equal(["127.0.0.1"], upstream.Header("X-Forwarded-For"));
        Assert.Equal(["http"], upstream.Header("X-Forwarded-Proto"));
        Assert.Equal(["shop.test"], upstream.Header("X-Forwarded-Host"));
    }

    [Theory]
    [InlineData("X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test:8443")]
    [InlineData("Forwarded: for=198.51.100.1;proto=https;host=\"shop.test:8443\"")]
    public async Task What_a_trusted_proxy_says_of_how_it_was_called_is_carried_on(string said)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(
            GatewayHost.Before($"http://127.0.0.1:{upstream.Port}") with { Gateway = new() { TrustedProxies = [System.Net.IPNetwork.Parse("127.0.0.0/8")] } });

        await RawClient.SendAsync(gateway.Port, $"GET /a HTTP/1.1\r\nHost: inner\r\nConnection: close\r\n{said}\r\nX-Forwarded-Port: 1\r\n\r\n");

        Assert.Equal(["198.51.100.1"], upstream.Header("X-Forwarded-For"));
        Assert.Equal(["https"], upstream.Header("X-Forwarded-Proto"));
        Assert.Equal(["shop.test:8443"], upstream.Header("X-Forwarded-Host"));
        Assert.Empty(upstream.Header("Forwarded"));
        Assert.Empty(upstream.Header("X-Forwarded-Port"));
    }

    [Fact]
    public async Task A_well_formed_request_id_is_kept_and_returned()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nX-Request-Id: inner\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await RawClient.SendAsync(gateway.Port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: mine-1\r\n\r\n");

        Assert.Equal(["mine-1"], upstream.Header("X-Request-Id"));
        Assert.Contains("X-Request-ID: mine-1\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("inner", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("\u00e4")]
    public async Task A_request_id_that_may_hurt_a_log_is_replaced(string given)
    {
        var upstream = await RequestAsync($"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: {given}\r\n\r\n");

        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(upstream.Header("X-Request-Id")));
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", false)]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false)]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false)]
    [InlineData("nonsense", false)]
    public async Task A_trace_goes_on_and_a_malformed_one_starts_anew(string given, bool kept)
    {
        var upstream = await RequestAsync($"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\ntraceparent: {given}\r\ntracestate: a=1\r\n\r\n");

        var sent = Assert.Single(upstream.Header("traceparent"));
        Assert.Equal(kept, sent == given);
        Assert.Equal(kept ? ["a=1"] : [], upstream.Header("tracestate"));
        Assert.Matches("^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", sent);
    }

    [Theory]
    [InlineData("HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("")]
    public async Task A_response_that_is_no_HTTP_is_a_502_that_tells_nothing(string response)
    {
        await using var upstream = new RawUpstream(response);
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await gateway.Client.GetAsync("/a", Cancellation);

        await CheckProblemAsync(answer, HttpStatusCode.BadGateway, upstream.Port);
    }

    [Fact]
    public async Task An_upstream_that_cannot_be_reached_is_a_502_problem()
    {
        var port = FreePort.Next();
        await using var gateway = await GatewayHost.StartAsync(port);

        await CheckProblemAsync(await gateway.Client.GetAsync("/a", Cancellation), HttpStatusCode.BadGateway, port);
        await CheckProblemAsync(await gateway.Client.PostAsync("/a", new StringContent("x"), Cancellation), HttpStatusCode.BadGateway, port);
    }

    [Fact]
    public async Task Another_address_takes_over_when_one_cannot_be_reached()
    {
        await using var upstream = await UpstreamHost.StartAsync(static async context =>
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync()));
        var shop = new ApiConfiguration { Upstream = [$"http://127.0.0.1:{FreePort.Next()}", $"http://127.0.0.1:{upstream.Port}"] };
        await using var gateway = await GatewayHost.StartAsync(new PosternConfiguration { Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = shop } });

        for (var call = 0; call < 4; call++)
        {
            var answer = await gateway.Client.PostAsync("/a", new StringContent("body"), Cancellation);
            Assert.Equal("body", await answer.Content.ReadAsStringAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Latin_1_header_values_survive_both_ways()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nX-Name: J\u00f6rg\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await RawClient.SendAsync(gateway.Port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Name: Andr\u00e9\r\n\r\n");

        Assert.Contains("X-Name: J\u00f6rg\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(["Andr\u00e9"], upstream.Header("X-Name"));
    }

    [Fact]
    public async Task Hop_by_hop_fields_of_the_response_end_at_the_gateway()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nX-End: 2\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        var answer = await gateway.Client.GetAsync("/a", Cancellation);

        Assert.False(answer.Headers.Contains("X-Hop"));
        Assert.False(answer.Headers.Contains("Keep-Alive"));
        Assert.False(answer.Headers.Contains("Server"));
        Assert.Equal("2", Assert.Single(answer.Headers.GetValues("X-End")));
    }

    [Fact]
    public async Task The_path_of_the_API_at_the_gateway_is_removed_and_its_base_path_added()
    {
        await using var upstream = new RawUpstream();
        var shop = new ApiConfiguration { Upstream = [$"http://127.0.0.1:{upstream.Port}/base/"], Path = "/shop" };
        await using var gateway = await GatewayHost.StartAsync(new PosternConfiguration { Apis = new Dictionary<string, ApiConfiguration> { ["shop"] = shop } });

        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.GetAsync("/shopping", Cancellation)).StatusCode);
        await gateway.Client.GetAsync("/shop/orders/a%2Fb?x=1", Cancellation);

        Assert.StartsWith("GET /base/orders/a%2Fb?x=1 HTTP/1.1\r\n", upstream.Request, StringComparison.Ordinal);
        Assert.Equal(["/shop"], upstream.Header("X-Forwarded-Prefix"));
        Assert.Equal([$"127.0.0.1:{upstream.Port}"], upstream.Header("Host"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_WebSocket_echoes_through(bool http2)
    {
        await using var upstream = await UpstreamHost.StartAsync(static async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[1024];
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
            await socket.ReceiveAsync(buffer, CancellationToken.None);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        using var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var address = new Uri($"ws://127.0.0.1:{gateway.Port}/chat");
        if (http2)
        {
            address = new Uri($"ws://127.0.0.1:{gateway.Http2.Port}/chat");
            socket.Options.HttpVersion = HttpVersion.Version20;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        await socket.ConnectAsync(address, invoker, Cancellation);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, Cancellation);
        var buffer = new byte[64];
        var echo = await socket.ReceiveAsync(buffer, Cancellation);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);

        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, echo.Count));
        Assert.Equal("bye", socket.CloseStatusDescription);
    }

    [Fact]
    public async Task Server_sent_events_arrive_before_the_API_ends_and_their_head_before_the_first()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await UpstreamHost.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            await first.Task;
            await context.Response.WriteAsync("data: 1\n\n");
            await second.Task;
            await context.Response.WriteAsync("data: 2\n\n");
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);

        using var stream = new StreamReader(await gateway.Client.GetStreamAsync("/feed", Cancellation));
        first.SetResult();
        Assert.Equal("data: 1", await stream.ReadLineAsync(Cancellation));
        second.SetResult();

        Assert.Equal("\ndata: 2\n\n", await stream.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task Trailers_reach_an_HTTP_2_client()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n");
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Http2, "/orders"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("x"),
        };

        var answer = await client.SendAsync(request, Cancellation);

        Assert.Equal("ok", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("7", Assert.Single(answer.TrailingHeaders.GetValues("X-Sum")));
        Assert.Equal("ok", Encoding.UTF8.GetString(Assert.Single(gateway.Store.Staged).Data.Span));
    }

    [Fact]
    public async Task An_expected_100_Continue_is_answered_and_the_body_passes()
    {
        await using var upstream = await UpstreamHost.StartAsync(static async context =>
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync()));
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/orders/1") { Content = new StringContent("body") };
        request.Headers.ExpectContinue = true;

        var answer = await gateway.Client.SendAsync(request, Cancellation);

        Assert.Equal("body", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_reload_moves_new_calls_and_cuts_none()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var old = await UpstreamHost.StartAsync(async context =>
        {
            arrived.SetResult();
            await release.Task;
            await context.Response.WriteAsync("old");
        });
        await using var young = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("new"));
        await using var gateway = await GatewayHost.StartAsync(old.Port);

        var underWay = gateway.Client.GetStringAsync("/a", Cancellation);
        await arrived.Task.WaitAsync(Cancellation);
        gateway.Live.Replace(GatewayHost.Before($"http://127.0.0.1:{young.Port}"));

        Assert.Equal("new", await gateway.Client.GetStringAsync("/a", Cancellation));
        release.SetResult();
        Assert.Equal("old", await underWay);
    }

    private static async Task<RawUpstream> RequestAsync(string request)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        await RawClient.SendAsync(gateway.Port, request);
        return upstream;
    }

    private static async Task CheckProblemAsync(HttpResponseMessage answer, HttpStatusCode status, int port)
    {
        var body = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.Contains("X-Request-Id"));
        Assert.DoesNotContain("127.0.0.1", body, StringComparison.Ordinal);
        Assert.DoesNotContain(port.ToString(System.Globalization.CultureInfo.InvariantCulture), body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
    }
}
