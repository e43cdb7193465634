using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Configuration.Values;
using Postern.Operations;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Gateway.Limits;

/// <summary>Limits on a real server in front of a real one.</summary>
public sealed class LimitsTests
{
    private static readonly Rate Hourly = new(2, TimeSpan.FromHours(1));

    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_back_and_others_are_not_touched()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("here"));
        await using var gateway = await StartAsync(upstream, limits => limits with { Consumer = new() { Rate = Hourly } }, "acme", "globex");

        var (first, second, third, other) = (
            await GetAsync(gateway, "/", "acme"), await GetAsync(gateway, "/", "acme"), await GetAsync(gateway, "/", "acme"), await GetAsync(gateway, "/", "globex"));

        Assert.Equal((200, 200, 429, 200), (Status(first), Status(second), Status(third), Status(other)));
        Assert.Equal("\"consumer\";q=2;w=3600", Header(first, "RateLimit-Policy"));
        Assert.Equal("\"consumer\";r=1;t=1800", Header(first, "RateLimit"));
        Assert.StartsWith("\"consumer\";r=0;t=", Header(third, "RateLimit"), StringComparison.Ordinal);
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1_790, 1_800);
        Assert.Equal("/problems/rate-limited", (await ProblemAsync(third)).Type);
    }

    [Fact]
    public async Task A_consumer_can_have_limits_of_its_own()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("here"));
        await using var gateway = await StartAsync(
            upstream, limits => limits with { Consumer = new() { Rate = Hourly } },
            new Dictionary<string, ConsumerLimitConfiguration> { ["acme"] = new() { Rate = new Rate(1, TimeSpan.FromHours(1)) }, ["globex"] = new() { Burst = 1 } });

        Assert.Equal((200, 429), (Status(await GetAsync(gateway, "/", "acme")), Status(await GetAsync(gateway, "/", "acme"))));
        Assert.Equal((200, 429), (Status(await GetAsync(gateway, "/", "globex")), Status(await GetAsync(gateway, "/", "globex"))));
    }

    [Fact]
    public async Task A_reload_refills_nothing_whatever_it_changes()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("here"));
        await using var gateway = await StartAsync(upstream, limits => limits with { Address = new() { Rate = Hourly } });
        Assert.Equal((200, 200, 429), (Status(await GetAsync(gateway, "/")), Status(await GetAsync(gateway, "/")), Status(await GetAsync(gateway, "/"))));

        foreach (var rate in (Rate?[])[new(1_000, TimeSpan.FromHours(1)), null, new(3, TimeSpan.FromHours(1)), Hourly])
        {
            Reload(gateway, limits => limits with { Address = new() { Rate = rate } });
            Assert.Equal(rate is null ? 200 : 429, Status(await GetAsync(gateway, "/")));
        }
    }

    [Fact]
    public async Task A_resource_an_API_and_a_call_of_our_own_have_limits_over_all_callers()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("here"));
        await using var gateway = await StartAsync(
            upstream, limits => limits with { Calls = new() { Others = new() { Rate = Hourly } } },
            api => api with
            {
                Limits = new() { Rate = new Rate(4, TimeSpan.FromHours(1)) },
                Resources = new Dictionary<string, ResourceConfiguration> { ["/orders"] = new() { Limits = new() { Rate = new Rate(1, TimeSpan.FromHours(1)) } } },
            },
            GatewayHost.Operation("GET", "/{resource}/subscriptions", static (_, _) => "ours"));

        Assert.Equal((200, 429), (Status(await GetAsync(gateway, "/orders/1/notes/2")), Status(await GetAsync(gateway, "/orders"))));
        Assert.Equal((200, 200), (Status(await GetAsync(gateway, "/others")), Status(await GetAsync(gateway, "/"))));
        Assert.Equal(429, Status(await GetAsync(gateway, "/others")));
        Assert.Equal(
            (200, 200, 429),
            (Status(await GetAsync(gateway, "/orders/subscriptions")), Status(await GetAsync(gateway, "/orders/subscriptions")), Status(await GetAsync(gateway, "/orders/subscriptions"))));
    }

    [Fact]
    public async Task Refused_calls_of_one_use_up_nothing_that_is_everybodys()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("here"));
        await using var gateway = await StartAsync(
            upstream,
            limits => limits with { Consumer = new() { Rate = Hourly }, Global = new() { Rate = new Rate(4, TimeSpan.FromHours(1)) } }, "acme", "globex", "third");
        for (var call = 0; call < 20; call++)
        {
            await GetAsync(gateway, "/", "acme");
        }

        Assert.Equal((200, 200), (Status(await GetAsync(gateway, "/", "globex")), Status(await GetAsync(gateway, "/", "globex"))));
        var shed = await GetAsync(gateway, "/", "third");
        Assert.Equal((503, "/problems/overloaded"), (Status(shed), (await ProblemAsync(shed)).Type));
        Assert.NotNull(shed.Headers.RetryAfter);
    }

    [Fact]
    public async Task What_an_API_says_of_its_own_limits_is_not_overwritten()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context =>
        {
            context.Response.Headers["RateLimit"] = "\"theirs\";r=7;t=8";
            return context.Response.WriteAsync("here");
        });
        await using var gateway = await StartAsync(upstream, limits => limits with { Address = new() { Rate = Hourly } });

        var answer = await GetAsync(gateway, "/");

        Assert.Equal("\"theirs\";r=7;t=8", Header(answer, "RateLimit"));
        Assert.False(answer.Headers.Contains("RateLimit-Policy"));
    }

    [Theory]
    [InlineData(true, 503)]
    [InlineData(false, 429)]
    public async Task What_is_too_much_at_once_is_refused_at_once_and_taken_when_something_has_ended(bool global, int status)
    {
        var (arrived, answer) = (0, new TaskCompletionSource());
        await using var upstream = await UpstreamHost.StartAsync(async context =>
        {
            Interlocked.Increment(ref arrived);
            await answer.Task;
        });
        await using var gateway = await StartAsync(
            upstream, limits => global ? limits with { Global = new() { Concurrency = 3, Rate = new Rate(1_000, TimeSpan.FromSeconds(1)) } } : limits with { Address = new() { Concurrency = 3 } });
        var under = Enumerable.Range(0, 3).Select(_ => GetAsync(gateway, "/")).ToList();
        await Until.TrueAsync(() => Volatile.Read(ref arrived) == 3);

        var refused = await GetAsync(gateway, "/");
        answer.SetResult();
        await Task.WhenAll(under);

        Assert.Equal(status, Status(refused));
        Assert.NotNull(refused.Headers.RetryAfter);
        await Until.TrueAsync(() => Status(GetAsync(gateway, "/").Result) == 200);
    }

    [Fact]
    public async Task Connections_of_one_peer_are_bounded_and_the_reason_is_told()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("here"));
        await using var gateway = await StartAsync(upstream, limits => limits with { Address = new() { Connections = 2 } });
        using var one = await ConnectAsync(gateway.Port);
        using var two = await ConnectAsync(gateway.Port);
        await AskAsync(one);
        await AskAsync(two);

        var refused = await RawClient.SendAsync(gateway.Port, "");

        Assert.StartsWith("HTTP/1.1 429 ", refused, StringComparison.Ordinal);
        var (head, body) = (refused.Split("\r\n\r\n")[0], refused.Split("\r\n\r\n")[1]);
        Assert.Contains($"Content-Length: {Encoding.UTF8.GetByteCount(body)}", head, StringComparison.Ordinal);
        Assert.Equal(429, JsonElement.Parse(body).GetProperty("status").GetInt32());
        one.Close();
        await Until.TrueAsync(() => !RawClient.SendAsync(gateway.Port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").Result.Contains(" 429 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_URL_that_is_too_long_is_a_414_problem()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("here"));
        await using var gateway = await StartAsync(upstream, static limits => limits);

        var refused = await GetAsync(gateway, "/?" + new string('a', 8 * 1024));

        Assert.Equal((414, "/problems/url-too-long"), (Status(refused), (await ProblemAsync(refused)).Type));
        Assert.Equal(200, Status(await GetAsync(gateway, "/?" + new string('a', 7 * 1024))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_of_its_resource_is_a_413_problem_whether_its_length_is_announced_or_not(bool announced)
    {
        await using var upstream = await UpstreamHost.StartAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("here");
        });
        await using var gateway = await StartAsync(
            upstream, limits => limits with { MaxBodyBytes = 1_000_000 },
            api => api with { Resources = new Dictionary<string, ResourceConfiguration> { ["/orders"] = new() { Limits = new() { MaxBodyBytes = 1_000 } } } });

        Assert.Equal(
            (413, 200, 200, 413),
            (await PutAsync("/orders/1", 1_001), await PutAsync("/orders/1", 1_000), await PutAsync("/x", 1_000_000), await PutAsync("/x", 1_000_001)));

        async Task<int> PutAsync(string path, int length)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(new byte[length]) };
            request.Headers.TransferEncodingChunked = !announced;
            using var answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return Status(answer);
        }
    }

    [Fact]
    public async Task Lists_of_addresses_hold_for_the_client_that_a_trusted_proxy_names_and_so_does_what_the_API_is_told()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync(context.Request.Headers["X-Forwarded-For"].ToString()));
        await using var gateway = await StartAsync(upstream, static limits => limits);
        Change(gateway, configuration => configuration with
        {
            Gateway = configuration.Gateway with
            {
                TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")], Addresses = new() { Allow = [IPNetwork.Parse("198.51.100.0/24")], Deny = [IPNetwork.Parse("198.51.100.9/32")] },
            },
        });

        Assert.Equal("198.51.100.1", await (await FromAsync("6.6.6.6, 198.51.100.1")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((403, 403), (Status(await FromAsync("198.51.100.9")), Status(await FromAsync("198.51.100.1, 6.6.6.6"))));
        Assert.Equal(403, Status(await GetAsync(gateway, "/")));

        async Task<HttpResponseMessage> FromAsync(string list)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("X-Forwarded-For", list);
            return await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task An_API_has_a_list_of_its_own_for_its_subscriptions_too()
    {
        await using var upstream = await UpstreamHost.StartAsync(static context => context.Response.WriteAsync("here"));
        await using var gateway = await StartAsync(
            upstream, static limits => limits, static api => api with { Addresses = new() { Deny = [IPNetwork.Parse("127.0.0.1/32")] } },
            GatewayHost.Operation("GET", "/{resource}/subscriptions", static (_, _) => "ours"));

        Assert.Equal((403, 403), (Status(await GetAsync(gateway, "/x")), Status(await GetAsync(gateway, "/x/subscriptions"))));
    }

    [Fact]
    public async Task Hundreds_of_clients_that_trickle_headers_and_bodies_keep_nobody_from_being_served()
    {
        await using var upstream = await UpstreamHost.StartAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("here");
        });
        await using var gateway = await StartAsync(upstream, static limits => limits);
        var slow = new List<Socket>();
        try
        {
            for (var index = 0; index < 300; index++)
            {
                var socket = await ConnectAsync(gateway.Port);
                slow.Add(socket);
                await socket.SendAsync(Encoding.ASCII.GetBytes(
                    index % 2 == 0 ? "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: " : "PUT /orders/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nx"));
            }

            for (var call = 0; call < 50; call++)
            {
                Assert.Equal(200, Status(await GetAsync(gateway, "/")));
            }

            // And they are let go of: the server closes them by itself, those with a body after its answer.
            await Until.TrueAsync(() => slow.All(static socket => socket.Poll(0, SelectMode.SelectRead)));
        }
        finally
        {
            slow.ForEach(static socket => socket.Dispose());
        }
    }

    private static Task<GatewayHost> StartAsync(UpstreamHost upstream, Func<LimitsConfiguration, LimitsConfiguration> limits, params string[] consumers) =>
        StartAsync(upstream, limits, consumers.ToDictionary(static name => name, static _ => new ConsumerLimitConfiguration(), StringComparer.Ordinal));

    private static Task<GatewayHost> StartAsync(
        UpstreamHost upstream, Func<LimitsConfiguration, LimitsConfiguration> limits, Dictionary<string, ConsumerLimitConfiguration> consumers)
    {
        var configuration = GatewayHost.Before($"http://127.0.0.1:{upstream.Port}");
        return GatewayHost.StartAsync(configuration with
        {
            Limits = limits(configuration.Limits),
            Consumers = consumers.ToDictionary(
                static one => one.Key,
                static one => new ConsumerConfiguration { Credentials = [new CredentialConfiguration.ApiKey("key of " + one.Key)], Limits = one.Value }),
        });
    }

    private static Task<GatewayHost> StartAsync(
        UpstreamHost upstream, Func<LimitsConfiguration, LimitsConfiguration> limits, Func<ApiConfiguration, ApiConfiguration> api, params Operation[] operations)
    {
        var configuration = GatewayHost.Before($"http://127.0.0.1:{upstream.Port}");
        return GatewayHost.StartAsync(
            configuration with
            {
                Limits = limits(configuration.Limits),
                Apis = configuration.Apis.ToDictionary(static one => one.Key, one => api(one.Value)),
            },
            operations);
    }

    private static void Reload(GatewayHost gateway, Func<LimitsConfiguration, LimitsConfiguration> limits) =>
        Change(gateway, configuration => configuration with { Limits = limits(configuration.Limits) });

    private static void Change(GatewayHost gateway, Func<PosternConfiguration, PosternConfiguration> change) =>
        gateway.Live.Replace(change(gateway.Live.Current));

    private static async Task<HttpResponseMessage> GetAsync(GatewayHost gateway, string path, string? consumer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (consumer is not null)
        {
            request.Headers.Add("X-API-Key", "key of " + consumer);
        }

        return await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<Problem> ProblemAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<Problem>(TestContext.Current.CancellationToken))!;

    private static int Status(HttpResponseMessage answer) => (int)answer.StatusCode;

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task AskAsync(Socket socket)
    {
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Assert.True(await socket.ReceiveAsync(new byte[1024]) > 0);
    }
}
