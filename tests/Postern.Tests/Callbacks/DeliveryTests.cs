using System.Text;
using System.Text.RegularExpressions;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Delivery;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Tests.Callbacks;

/// <summary>Credentials and headers of a subscription, as its receiver sees them.</summary>
public sealed partial class DeliveryTests
{
    private static readonly SecretProtector protector = new(new byte[SecretProtector.KeyBytes]);

    private static readonly CallbacksConfiguration Quick = new()
    {
        Timeout = TimeSpan.FromSeconds(5), Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromHours(1)], Jitter = 0 },
    };

    [Fact]
    public async Task A_token_stands_in_the_header() =>
        Assert.Equal("Bearer abc.def-123~/+=", await AuthorizationWithAsync(new DeliveryAuth.Bearer("abc.def-123~/+=")));

    [Fact]
    public async Task A_user_name_and_a_password_stand_in_the_header() => Assert.Equal(
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("acme:pä:ss wörd")), await AuthorizationWithAsync(new DeliveryAuth.Basic("acme", "pä:ss wörd")));

    [Fact]
    public async Task Headers_of_its_own_are_added_and_credentials_go_before_one_of_them()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Quick);
        await rig.StartAsync();
        var headers = new Dictionary<string, string> { ["X-Tenant"] = "acme, inc.", ["Authorization"] = "Splunk 123" };

        await rig.CallAsync(Subscribe(rig, receiver.Url, null, headers));
        await rig.CallAsync(Subscribe(rig, receiver.Url, new DeliveryAuth.Bearer("token"), headers));
        await rig.ResultsAsync(2);

        Assert.All(receiver.Requests, request => Assert.Contains("\r\nX-Tenant: acme, inc.\r\n", request, StringComparison.Ordinal));
        Assert.Equal(["Bearer token", "Splunk 123"], receiver.Requests.Select(AuthorizationOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Credentials_of_one_subscription_are_never_on_the_request_of_another()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Quick);
        await rig.StartAsync();
        var subscriptions = Enumerable.Range(0, 20).Select(number => Subscribe(rig, $"{receiver.Url}?{number}", number % 2 == 0 ? new DeliveryAuth.Bearer($"token-{number}") : null)).ToList();

        for (var round = 0; round < 3; round++)
        {
            foreach (var subscription in subscriptions)
            {
                await rig.CallAsync(subscription);
            }
        }

        await rig.ResultsAsync(60);
        Assert.All(receiver.Requests, request =>
        {
            var number = int.Parse(Query().Match(request).Groups[1].Value, null);
            Assert.Equal(number % 2 == 0 ? $"Bearer token-{number}" : null, AuthorizationOf(request));
        });
    }

    [Fact]
    public async Task An_access_token_is_asked_for_once_and_used_by_all()
    {
        await using var server = TokenServer(call => $$"""{"access_token":"token-{{call}}","token_type":"bearer","expires_in":3600}""");
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Quick);
        await rig.StartAsync();
        var subscription = Subscribe(rig, receiver.Url, Grant(server));

        for (var call = 0; call < 5; call++)
        {
            await rig.CallAsync(subscription);
        }

        await rig.ResultsAsync(5);
        var asked = Assert.Single(server.Requests);
        Assert.Equal("Basic " + Convert.ToBase64String("a%3Ab:s+%26%2F"u8), AuthorizationOf(asked));
        Assert.EndsWith("\r\n\r\ngrant_type=client_credentials&scope=hooks.write+x&audience=https%3A%2F%2Fapi.example", asked, StringComparison.Ordinal);
        Assert.All(receiver.Requests, request => Assert.Equal("Bearer token-1", AuthorizationOf(request)));
    }

    [Fact]
    public async Task A_401_drops_the_token_once()
    {
        await using var server = TokenServer(call => $$"""{"access_token":"token-{{call}}","token_type":"Bearer","expires_in":3600}""");
        await using var receiver = RawReceiver.Answering(401);
        await using var rig = new CallbackRig(Quick);
        await rig.StartAsync();
        var subscription = Subscribe(rig, receiver.Url, Grant(server));

        for (var call = 1; call <= 4; call++)
        {
            await rig.CallAsync(subscription);
            await rig.ResultsAsync(call);
        }

        Assert.Equal(["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-2"], receiver.Requests.Select(AuthorizationOf));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_client"}""", "answered 400 (invalid_client).")]
    [InlineData(401, "no json", "answered 401.")]
    [InlineData(500, """{"error":"a\nb"}""", "answered 500.")]
    [InlineData(200, """{"token_type":"bearer"}""", "without an access token")]
    [InlineData(200, """{"access_token":"a b","token_type":"bearer"}""", "without an access token")]
    [InlineData(200, """{"access_token":"a\r\nHost: x","token_type":"bearer"}""", "without an access token")]
    [InlineData(200, """{"access_token":"\ud800","token_type":"bearer"}""", "without an access token")]
    [InlineData(200, """{"access_token":"a","token_type":"mac"}""", "without an access token")]
    [InlineData(302, "", "answered 302.")]
    public async Task Without_a_token_nothing_is_sent_and_the_callback_is_tried_again(int status, string body, string error)
    {
        await using var server = RawReceiver.Answering($"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\nLocation: http://127.0.0.1:1/\r\n\r\n{body}");
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Quick);
        await rig.StartAsync();

        await rig.CallAsync(Subscribe(rig, receiver.Url, Grant(server)));

        var result = (await rig.ResultsAsync(1))[0];
        Assert.IsType<CallbackOutcome.RetryAt>(result.Outcome);
        Assert.Contains(error, result.Attempt!.Error, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task A_token_endpoint_that_refuses_is_not_asked_for_each_callback()
    {
        await using var server = RawReceiver.Answering(503);
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Quick);
        await rig.StartAsync();
        var subscription = Subscribe(rig, receiver.Url, Grant(server));

        for (var call = 0; call < 20; call++)
        {
            await rig.CallAsync(subscription);
        }

        Assert.All(await rig.ResultsAsync(20), result => Assert.Contains("answered 503.", result.Attempt!.Error, StringComparison.Ordinal));
        Assert.InRange(server.Requests.Count, 1, 3);
    }

    [Fact]
    public async Task The_token_endpoint_is_under_the_guard()
    {
        await using var server = TokenServer(_ => "{}");
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Quick, allow: [$"127.0.0.1:{receiver.Port}"]);
        await rig.StartAsync();

        await rig.CallAsync(Subscribe(rig, receiver.Url, Grant(server)));

        Assert.Contains(EgressFault.RefusedText, (await rig.ResultsAsync(1))[0].Attempt!.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0), (server.Connections, receiver.Connections));
    }

    [Fact]
    public async Task A_token_endpoint_that_hangs_ends_with_the_attempt_and_holds_up_nobody_else()
    {
        await using var server = RawReceiver.Silent();
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Quick with { Timeout = TimeSpan.FromSeconds(1) });
        await rig.StartAsync();

        await rig.CallAsync(Subscribe(rig, receiver.Url, Grant(server)));
        var late = (await rig.ResultsAsync(1))[0];
        await rig.CallAsync(rig.Subscribe(receiver.Url));

        Assert.Contains("did not give an access token in time", late.Attempt!.Error, StringComparison.Ordinal);
        Assert.IsType<CallbackOutcome.Delivered>((await rig.ResultsAsync(2))[1].Outcome);
    }

    private static async Task<string?> AuthorizationWithAsync(DeliveryAuth auth)
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Quick);
        await rig.StartAsync();
        await rig.CallAsync(Subscribe(rig, receiver.Url, auth));
        Assert.IsType<CallbackOutcome.Delivered>((await rig.ResultsAsync(1))[0].Outcome);
        return AuthorizationOf(Assert.Single(receiver.Requests));
    }

    private static RawReceiver TokenServer(Func<int, string> answer)
    {
        var calls = 0;
        return new RawReceiver(async (stream, _, cancellation) =>
        {
            var body = answer(Interlocked.Increment(ref calls));
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"), cancellation);
        });
    }

    private static DeliveryAuth.OAuth2 Grant(RawReceiver server) => new()
    {
        TokenUrl = server.Url, ClientId = "a:b", ClientSecret = "s &/", Scopes = ["hooks.write", "x"], Audience = "https://api.example",
    };

    private static Subscription Subscribe(CallbackRig rig, string url, DeliveryAuth? auth, IReadOnlyDictionary<string, string>? headers = null)
    {
        var subscription = CallbackRig.Describe(url);
        return rig.Store.Add(subscription with
        {
            Delivery = new SubscriptionDelivery(
                auth is null ? null : protector.Seal(subscription.Id, auth, "{}"),
                headers is null ? null : protector.Seal(subscription.Id, headers, "[]"),
                null),
        });
    }

    private static string? AuthorizationOf(string request) =>
        Authorization().Match(request) is { Success: true } found ? found.Groups[1].Value : null;

    [GeneratedRegex("\r\nAuthorization: ([^\r]*)\r\n")]
    private static partial Regex Authorization();

    [GeneratedRegex(@"^POST /hook\?(\d+) ")]
    private static partial Regex Query();
}
