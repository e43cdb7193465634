using System.Net;
using Postern.Configuration;
using Postern.Tests.Gateway.Identity;
using Postern.Tests.Gateway.Identity.Signatures;

namespace Postern.Tests.Gateway;

/// <summary>Signed calls on a real server, to an API behind it.</summary>
public sealed class SignedCallTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_signed_call_reaches_the_API_whole_and_without_its_signature(bool forward)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(Configuration(upstream.Port, forward));

        using var answer = await gateway.Client.SendAsync(Message(Call(gateway)), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["acme"], upstream.Header("X-Consumer-Name"));
        Assert.Equal(forward ? 1 : 0, upstream.Header("Signature").Length);
        Assert.Equal(forward ? 1 : 0, upstream.Header("Signature-Input").Length);
        Assert.Single(upstream.Header("Content-Digest"));
    }

    [Fact]
    public async Task Over_HTTP_2_what_was_called_is_the_same()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(Configuration(upstream.Port, forward: false));
        var call = Call(gateway) with { Host = gateway.Http2.Authority };
        using var client = new HttpClient();
        using var message = Message(call);
        message.RequestUri = new Uri(gateway.Http2, call.Target);
        (message.Version, message.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);

        using var answer = await client.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["acme"], upstream.Header("X-Consumer-Name"));
    }

    [Fact]
    public async Task A_body_that_is_not_the_signed_one_never_reaches_the_API()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(Configuration(upstream.Port, forward: false));
        using var message = Message(Call(gateway));
        message.Content = new StringContent("""{"number":43}""", System.Text.Encoding.UTF8, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));

        using var answer = await gateway.Client.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("Content-Digest", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(upstream.Received);
    }

    [Theory]
    [InlineData("https", HttpStatusCode.OK)]
    [InlineData("http", HttpStatusCode.Unauthorized)]
    public async Task Over_TLS_the_URI_is_the_one_that_TLS_was_for(string scheme, HttpStatusCode status)
    {
        await using var node = await TlsNode.StartAsync(
            more: $"consumers: {{ acme: {{ credentials: [{{ type: http-signature, keyId: acme-1, algorithm: hmac-sha256, secret: {SignedCall.Credential.Secret} }}] }} }}");
        var call = new SignedCall
        {
            Method = "GET", Scheme = scheme, Host = node.Host, Target = "/orders/subscriptions", Covered = ["\"@method\"", "\"@target-uri\""],
            Parameters = $";created={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()};keyid=\"acme-1\"",
        };

        Assert.Equal(status, await node.GetAsync(
            call.Target, certificate: null, headers: [("signature-input", $"{call.Label}={call.Input}"), ("signature", $"{call.Label}=:{call.Signature}:")]));
    }

    private static SignedCall Call(GatewayHost gateway)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return new SignedCall
        {
            Host = $"127.0.0.1:{gateway.Port}",
            Parameters = $";created={now};keyid=\"acme-1\"",
            Covered = ["\"@method\"", "\"@authority\"", "\"@path\"", "\"@query\"", "\"content-digest\"", "\"content-type\"", "\"x-tenant\""],
        };
    }

    private static HttpRequestMessage Message(SignedCall call)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, call.Target)
        {
            Content = new StringContent(call.Body!, System.Text.Encoding.UTF8, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
        };
        message.Headers.Add("x-tenant", "north");
        message.Headers.Add("content-digest", call.Digest);
        message.Headers.Add("signature-input", $"{call.Label}={call.Input}");
        message.Headers.Add("signature", $"{call.Label}=:{call.Signature}:");
        return message;
    }

    private static PosternConfiguration Configuration(int upstream, bool forward) => new()
    {
        Apis = new Dictionary<string, ApiConfiguration>
        {
            ["shop"] = new() { Upstream = [$"http://127.0.0.1:{upstream}"], Auth = new() { Anonymous = false, ForwardCredentials = forward } },
        },
        Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() { Credentials = [SignedCall.Credential] } },
    };
}
