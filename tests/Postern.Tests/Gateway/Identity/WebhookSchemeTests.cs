using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Gateway.Identity;
using Postern.Gateway.Identity.Webhooks;
using Postern.Gateway.Publish;
using Postern.Operations;

namespace Postern.Tests.Gateway.Identity;

public sealed class WebhookSchemeTests
{
    // The example of Standard Webhooks 1.0.0.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long Timestamp = 1614265330;
    private const string Body = """{"test": 2432232314}""";
    private const string Good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeSeconds(Timestamp));

    [Theory]
    [InlineData(Good)]
    [InlineData("v1a,AAAA v2,x " + Good)]
    [InlineData("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= " + Good)]
    public async Task A_message_of_the_standard_names_its_consumer_and_its_body_goes_on(string signatures)
    {
        var context = Message(signature: signatures);

        Assert.Equal("acme", Assert.IsType<CredentialClaim.Of>(await CheckAsync(context)).Consumer.Name);
        Assert.Equal(Body, await new StreamReader(context.Request.Body).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task No_part_of_a_signature_is_enough()
    {
        for (var length = 0; length < Good.Length; length++)
        {
            Assert.IsNotType<CredentialClaim.Of>(await CheckAsync(Message(signature: Good[..length])));
        }
    }

    [Theory]
    [InlineData("v1,g0hM9SsE-OTPJTGt_tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE")]
    [InlineData("v1, g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    public async Task A_signature_has_one_spelling(string signature) => await RefusedAsync(Message(signature: signature));

    [Fact]
    public async Task A_list_is_read_to_its_bound_and_no_further() => await RefusedAsync(Message(signature: string.Concat(Enumerable.Repeat("v0,x ", 10_000)) + Good));

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public async Task A_message_is_of_now(int seconds, bool taken)
    {
        time.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds(Timestamp + 1000));
        var sent = Timestamp + 1000 + seconds;

        Assert.Equal(taken, await CheckAsync(Message(timestamp: $"{sent}", signature: Sign($"{Id}.{sent}.{Body}"))) is CredentialClaim.Of);
    }

    [Theory]
    [InlineData("+1614265330")]
    [InlineData(" 1614265330")]
    [InlineData("1614265330 ")]
    [InlineData("1614265330.0")]
    [InlineData("1e9")]
    [InlineData("99999999999999999999")]
    [InlineData("-1")]
    [InlineData("")]
    public async Task A_timestamp_is_digits(string timestamp) => await RefusedAsync(Message(timestamp: timestamp, signature: Sign($"{Id}.{timestamp}.{Body}")));

    [Fact]
    public async Task A_dot_cannot_be_moved_from_one_part_to_the_next()
    {
        await RefusedAsync(Message(id: "a.1", signature: Sign($"a.1.{Timestamp}.{Body}")));
        await RefusedAsync(Message(body: $"{Timestamp}.{Body}", id: Id, signature: Good));
    }

    [Fact]
    public async Task Another_body_id_secret_or_a_field_twice_is_refused()
    {
        await RefusedAsync(Message(body: Body + " "));
        await RefusedAsync(Message(id: "msg_other"));
        await RefusedAsync(Message(signature: Sign($"{Id}.{Timestamp}.{Body}", RandomNumberGenerator.GetBytes(24))));
        var twice = Message();
        twice.Request.Headers[WebhookHeaders.Signature] = new([Good, Good]);
        await RefusedAsync(twice);
    }

    [Fact]
    public async Task Attributes_beside_the_body_are_not_signed_and_not_taken() => await RefusedAsync(Message(contentType: "application/json"));

    [Fact]
    public async Task Elsewhere_the_fields_are_the_APIs_and_the_body_is_not_touched()
    {
        var context = Message();
        context.GatewayCall().Publishes = false;

        Assert.Same(CredentialClaim.Theirs, await CheckAsync(context));
        Assert.Equal(0, context.Request.Body.Position);
    }

    [Fact]
    public async Task A_coded_body_is_signed_and_handed_on_as_it_was_sent()
    {
        using var coded = new MemoryStream();
        using (var gzip = new GZipStream(coded, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Body));
        }

        var context = Message(signature: Sign([.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. coded.ToArray()]));
        context.Request.Headers.ContentEncoding = "gzip";
        context.Request.Body = new MemoryStream(coded.ToArray());

        Assert.IsType<CredentialClaim.Of>(await CheckAsync(context));
        Assert.Equal(Body, Encoding.UTF8.GetString(await BodyReader.ReadAsync(context, 1024)));
    }

    [Fact]
    public async Task Of_two_secrets_that_are_changed_one_for_the_other_the_expired_one_does_not_count()
    {
        var next = RandomNumberGenerator.GetBytes(24);
        var signed = $"{Id}.{Timestamp}.{Body}";
        CredentialConfiguration[] credentials =
        [
            new CredentialConfiguration.WebhookSignature(Secret) { Expires = time.GetUtcNow() },
            new CredentialConfiguration.WebhookSignature("whsec_" + Convert.ToBase64String(next)) { Id = "next" },
        ];

        Assert.Equal("next", Assert.IsType<CredentialClaim.Of>(await CheckAsync(Message(signature: Good + " " + Sign(signed, next)), credentials: credentials)).CredentialId);
        Assert.Contains("expired", Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(Message(), credentials: credentials)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_is_read_to_its_bound_alone()
    {
        var context = Message(body: new string('x', 5000));
        Assert.Equal(413, (await Assert.ThrowsAsync<ProblemException>(() => CheckAsync(context, maxEventBytes: 4096))).Problem.Status);
    }

    private static string Sign(string signed, byte[]? key = null) => Sign(Encoding.UTF8.GetBytes(signed), key);

    private static string Sign(byte[] signed, byte[]? key = null) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(key ?? Convert.FromBase64String(Secret["whsec_".Length..]), signed));

    private static DefaultHttpContext Message(
        string id = Id, string? timestamp = null, string signature = Good, string body = Body, string contentType = "application/cloudevents+json")
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new GatewayCall { Configuration = new PosternConfiguration(), Publishes = true });
        context.Request.ContentType = contentType;
        context.Request.Headers[WebhookHeaders.Id] = id;
        context.Request.Headers[WebhookHeaders.Timestamp] = timestamp ?? $"{Timestamp}";
        context.Request.Headers[WebhookHeaders.Signature] = signature;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return context;
    }

    private async Task RefusedAsync(HttpContext context) => Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(context));

    private async Task<CredentialClaim> CheckAsync(
        HttpContext context, long maxEventBytes = 1024 * 1024, IReadOnlyList<CredentialConfiguration>? credentials = null) =>
        await new WebhookScheme(
            new PosternConfiguration
            {
                Gateway = new GatewayConfiguration { MaxEventBytes = maxEventBytes },
                Consumers = new Dictionary<string, ConsumerConfiguration>
                {
                    ["globex"] = new() { Credentials = [new CredentialConfiguration.WebhookSignature("whsec_" + Convert.ToBase64String(new byte[32]))] },
                    ["acme"] = new() { Credentials = credentials ?? [new CredentialConfiguration.WebhookSignature(Secret)] },
                },
            },
            time).CheckAsync(context, TestContext.Current.CancellationToken);
}
