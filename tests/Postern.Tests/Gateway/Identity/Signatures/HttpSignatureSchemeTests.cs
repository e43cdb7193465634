using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Gateway.Identity;
using Postern.Gateway.Identity.Signatures;
using Postern.Operations;

namespace Postern.Tests.Gateway.Identity.Signatures;

public sealed class HttpSignatureSchemeTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeSeconds(SignedCall.Now));

    public static TheoryData<string> Changes { get; } = [.. Tampering.Keys];

    /// <summary>What somebody on the way could do to a message that was signed in full.</summary>
    private static Dictionary<string, Action<HttpRequest>> Tampering => new()
    {
        ["method"] = static request => request.Method = "PUT",
        ["host"] = static request => request.Headers.Host = "other.example",
        ["host and its port"] = static request => request.Headers.Host = "gateway.example:8443",
        ["path"] = static request => Retarget(request, "/orders/1?dry=1"),
        ["spelling of the path"] = static request => Retarget(request, "/%6Frders?dry=1"),
        ["dots in the path"] = static request => Retarget(request, "/x/../orders?dry=1"),
        ["query"] = static request => Retarget(request, "/orders?dry=0"),
        ["no query"] = static request => Retarget(request, "/orders"),
        ["field"] = static request => request.Headers["X-Tenant"] = "south",
        ["field twice"] = static request => request.Headers["X-Tenant"] = new(["north", "south"]),
        ["field gone"] = static request => request.Headers.Remove("X-Tenant"),
        ["content type"] = static request => request.ContentType = "text/plain",
        ["content coding"] = static request => request.Headers.ContentEncoding = "gzip",
        ["body"] = static request => request.Body = new MemoryStream(Encoding.UTF8.GetBytes("""{"number":43}""")),
        ["longer body"] = static request => request.Body = new MemoryStream(Encoding.UTF8.GetBytes("""{"number":42} """)),
        ["no body"] = static request => request.Body = new MemoryStream(),
        ["body and its digest"] = static request =>
        {
            request.Body = new MemoryStream("{}"u8.ToArray());
            request.Headers["Content-Digest"] = $"sha-256=:{Convert.ToBase64String(SHA256.HashData("{}"u8))}:";
        },
        ["another digest beside"] = static request => request.Headers["Content-Digest"] = request.Headers["Content-Digest"] + ", sha-512=:AAAA:",
        ["digest gone"] = static request => request.Headers.Remove("Content-Digest"),
        ["time"] = static request => Rewrite(request, $"created={SignedCall.Now}", $"created={SignedCall.Now + 1}"),
        ["less covered"] = static request => Rewrite(request, " \"x-tenant\"", ""),
        ["more covered"] = static request => Rewrite(request, "\"x-tenant\"", "\"x-tenant\" \"host\""),
        ["other order"] = static request => Rewrite(request, "\"@method\" \"@authority\"", "\"@authority\" \"@method\""),
        ["end"] = static request => Rewrite(request, ";keyid", $";expires={SignedCall.Now + 60};keyid"),
        ["algorithm"] = static request => Rewrite(request, ";keyid", ";alg=\"hmac-sha256\";keyid"),
        ["another key"] = static request => Rewrite(request, "acme-1", "globex-1"),
        ["label"] = static request => Rewrite(request, "sig1=", "sig2="),
        ["signature"] = static request => request.Headers["Signature"] = "sig1=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:",
        ["no signature"] = static request => request.Headers.Remove("Signature"),
        ["a text for a signature"] = static request => request.Headers["Signature"] = "sig1=\"AAAA\"",
        ["the same twice"] = static request => request.Headers["Signature-Input"] = new([request.Headers["Signature-Input"].ToString(), request.Headers["Signature-Input"].ToString()]),
        ["a second one of ours"] = static request => request.Headers["Signature-Input"] = request.Headers["Signature-Input"] + ", sig2=();keyid=\"globex-1\"",
        ["no dictionary"] = static request => request.Headers["Signature-Input"] = request.Headers["Signature-Input"] + ",",
    };

    [Fact]
    public async Task A_signed_call_names_its_consumer_and_its_body_goes_on()
    {
        var call = new SignedCall();
        var context = call.ToContext();

        var claim = Assert.IsType<CredentialClaim.Of>(await CheckAsync(context));

        Assert.Equal(("acme", "acme-1"), (claim.Consumer.Name, claim.CredentialId));
        Assert.Equal(call.Body, await new StreamReader(context.Request.Body).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task No_part_of_a_signed_call_can_be_another_one(string change)
    {
        var context = new SignedCall().ToContext();
        Tampering[change](context.Request);

        await RefusedAsync(context);
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa-p256-sha256")]
    [InlineData("ecdsa-p384-sha384")]
    [InlineData("rsa-pss-sha512")]
    [InlineData("rsa-v1_5-sha256")]
    public async Task A_key_verifies_with_its_own_algorithm_alone(string algorithm)
    {
        using var signer = new ForeignKey(algorithm);
        var credential = new CredentialConfiguration.HttpSignature("acme-1", algorithm) { PublicKey = signer.PublicPem };

        Assert.IsType<CredentialClaim.Of>(await CheckAsync(new SignedCall { Sign = signer.Sign }.ToContext(), credential));
        // A public key is no secret that both sides hold.
        await RefusedAsync(new SignedCall { Sign = signed => HMACSHA256.HashData(Encoding.ASCII.GetBytes(signer.PublicPem), signed) }.ToContext(), credential);
        await RefusedAsync(new SignedCall { Sign = signer.Sign, Parameters = $";created={SignedCall.Now};keyid=\"acme-1\";alg=\"hmac-sha256\"" }.ToContext(), credential);
        foreach (var other in (string[])["ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "rsa-v1_5-sha256"])
        {
            using var another = new ForeignKey(other);
            await RefusedAsync(new SignedCall { Sign = another.Sign }.ToContext(), credential);
        }
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public async Task A_message_is_of_now(int seconds, bool taken) =>
        Assert.Equal(taken, await CheckAsync(new SignedCall { Parameters = $";created={SignedCall.Now + seconds};keyid=\"acme-1\"" }.ToContext()) is CredentialClaim.Of);

    [Theory]
    [InlineData(";created=1618884473;expires=1618884474", null)]
    [InlineData(";created=1618884473;expires=1618884473", "has expired")]
    [InlineData(";created=1618884473;expires=1618884472", "before it was made")]
    [InlineData(";expires=1618884474", "does not say when")]
    [InlineData("", "does not say when")]
    [InlineData(";created=\"1618884473\"", "not a whole number")]
    [InlineData(";created=1618884473.0", "not a whole number")]
    [InlineData(";created=-1", "not a whole number")]
    [InlineData(";created=1618884473;alg=\"hmac-sha256\";nonce=\"n\";tag=\"any\"", null)]
    [InlineData(";created=1618884473;alg=\"hmac-sha512\"", "another algorithm")]
    [InlineData(";created=1618884473;alg=hmac-sha256", "not a text")]
    [InlineData(";created=1618884473;other=1", "not known here: other")]
    public async Task Parameters_say_what_holds(string parameters, string? reason)
    {
        var claim = await CheckAsync(new SignedCall { Parameters = parameters + ";keyid=\"acme-1\"" }.ToContext());

        if (reason is null)
        {
            Assert.IsType<CredentialClaim.Of>(claim);
        }
        else
        {
            Assert.Contains(reason, Assert.IsType<CredentialClaim.Invalid>(claim).Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("@method")]
    [InlineData("@authority")]
    [InlineData("@path")]
    [InlineData("@query")]
    [InlineData("content-digest")]
    [InlineData("content-type")]
    public async Task What_a_call_is_about_must_be_covered(string component)
    {
        var claim = await CheckAsync(new SignedCall().Without(component).ToContext());

        Assert.Equal($"The signature does not cover \"{component}\".", Assert.IsType<CredentialClaim.Invalid>(claim).Reason);
    }

    [Fact]
    public async Task The_whole_URI_stands_for_its_parts_and_no_body_needs_no_digest()
    {
        var get = new SignedCall { Method = "GET", Body = null, Fields = new Dictionary<string, string>(), Covered = ["\"@method\"", "\"@target-uri\""] };

        Assert.IsType<CredentialClaim.Of>(await CheckAsync(get.ToContext()));
        Assert.IsType<CredentialClaim.Of>(await CheckAsync((get with { Target = "/orders", Covered = ["\"@method\"", "\"@authority\"", "\"@path\""] }).ToContext()));
        await RefusedAsync((get with { Covered = ["\"@method\""] }).ToContext());
    }

    [Fact]
    public async Task A_credential_can_ask_for_more()
    {
        var credential = SignedCall.Credential with { Covers = ["x-tenant"], Tag = "orders", Tolerance = TimeSpan.FromSeconds(10) };
        var call = new SignedCall { Parameters = $";created={SignedCall.Now};keyid=\"acme-1\";tag=\"orders\"" };

        Assert.IsType<CredentialClaim.Of>(await CheckAsync(call.ToContext(), credential));
        await RefusedAsync(call.Without("x-tenant").ToContext(), credential);
        await RefusedAsync(new SignedCall().ToContext(), credential);
        await RefusedAsync((call with { Parameters = $";created={SignedCall.Now - 11};keyid=\"acme-1\";tag=\"orders\"" }).ToContext(), credential);
    }

    [Fact]
    public async Task What_is_published_is_signed_with_its_attributes()
    {
        var call = new SignedCall { Fields = new Dictionary<string, string> { ["content-type"] = "application/json", ["x-tenant"] = "", ["ce-type"] = "orders.created" } };

        Assert.IsType<CredentialClaim.Of>(await CheckAsync(call.ToContext(publishes: false)));
        Assert.Equal("The signature does not cover \"ce-type\".", Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(call.ToContext(publishes: true))).Reason);
        Assert.IsType<CredentialClaim.Of>(await CheckAsync((call with { Covered = [.. call.Covered, "\"ce-type\""] }).ToContext(publishes: true)));
    }

    [Fact]
    public async Task The_key_that_makes_a_call_safe_to_repeat_is_signed()
    {
        var call = new SignedCall { Fields = new Dictionary<string, string> { ["content-type"] = "application/json", ["x-tenant"] = "", ["idempotency-key"] = "\"one\"" } };

        Assert.Equal("The signature does not cover \"idempotency-key\".", Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(call.ToContext())).Reason);
        Assert.IsType<CredentialClaim.Of>(await CheckAsync((call with { Covered = [.. call.Covered, "\"idempotency-key\""] }).ToContext()));
    }

    [Fact]
    public async Task A_signature_by_another_key_is_somebody_elses()
    {
        var context = new SignedCall { Parameters = $";created={SignedCall.Now};keyid=\"unknown\"" }.ToContext();

        Assert.Same(CredentialClaim.Theirs, await CheckAsync(context));
        Assert.Equal(0, context.Request.Body.Position);
        context.Request.Headers.Remove("Signature-Input");
        Assert.Same(CredentialClaim.Nothing, await CheckAsync(context));
    }

    [Fact]
    public async Task Of_several_signatures_ours_counts_and_leaves_the_others()
    {
        var context = new SignedCall().ToContext();
        context.Request.Headers["Signature-Input"] = $"theirs=(\"@status\");keyid=\"x\", {context.Request.Headers["Signature-Input"]}";
        context.Request.Headers["Signature"] = new([context.Request.Headers["Signature"].ToString(), "theirs=:AAAA:"]);
        var scheme = Scheme(SignedCall.Credential);

        Assert.IsType<CredentialClaim.Of>(await scheme.CheckAsync(context, TestContext.Current.CancellationToken));
        scheme.Remove(context.Request);

        Assert.Equal("theirs=(\"@status\");keyid=\"x\"", context.Request.Headers["Signature-Input"]);
        Assert.Equal("theirs=:AAAA:", context.Request.Headers["Signature"]);
    }

    [Fact]
    public async Task Ours_alone_leaves_no_field()
    {
        var context = new SignedCall().ToContext();
        var scheme = Scheme(SignedCall.Credential);
        Assert.IsType<CredentialClaim.Of>(await scheme.CheckAsync(context, TestContext.Current.CancellationToken));

        scheme.Remove(context.Request);

        Assert.False(context.Request.Headers.ContainsKey("Signature-Input") || context.Request.Headers.ContainsKey("Signature"));
    }

    [Fact]
    public async Task A_body_is_read_to_its_bound_and_by_nobody_without_a_key()
    {
        var call = new SignedCall { Body = new string('x', 5000) };
        Assert.Equal(413, (await Assert.ThrowsAsync<ProblemException>(() => CheckAsync(call.ToContext(), maxEventBytes: 4096))).Problem.Status);

        var stranger = (call with { Sign = static _ => new byte[32] }).ToContext();
        await RefusedAsync(stranger);
        Assert.Equal(0, stranger.Request.Body.Position);
    }

    [Fact]
    public async Task That_a_credential_has_expired_is_told_to_whoever_holds_it()
    {
        var expired = SignedCall.Credential with { Expires = time.GetUtcNow() };

        Assert.Contains("expired", Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(new SignedCall().ToContext(), expired)).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "expired", Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(new SignedCall { Sign = static _ => new byte[32] }.ToContext(), expired)).Reason, StringComparison.Ordinal);
    }

    private static void Retarget(HttpRequest request, string target) => request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;

    private static void Rewrite(HttpRequest request, string old, string now)
    {
        var input = request.Headers["Signature-Input"].ToString();
        request.Headers["Signature-Input"] = input.Replace(old, now, StringComparison.Ordinal);
        Assert.NotEqual(input, request.Headers["Signature-Input"].ToString());
    }

    private async Task RefusedAsync(HttpContext context, CredentialConfiguration.HttpSignature? credential = null) =>
        Assert.IsType<CredentialClaim.Invalid>(await CheckAsync(context, credential));

    private async Task<CredentialClaim> CheckAsync(
        HttpContext context, CredentialConfiguration.HttpSignature? credential = null, long maxEventBytes = 1024 * 1024) =>
        await Scheme(credential ?? SignedCall.Credential, maxEventBytes).CheckAsync(context, TestContext.Current.CancellationToken);

    private HttpSignatureScheme Scheme(CredentialConfiguration.HttpSignature credential, long maxEventBytes = 1024 * 1024) => new(
        new PosternConfiguration
        {
            Gateway = new GatewayConfiguration { MaxEventBytes = maxEventBytes },
            Consumers = new Dictionary<string, ConsumerConfiguration>
            {
                ["globex"] = new() { Credentials = [new CredentialConfiguration.HttpSignature("globex-1", "hmac-sha256") { Secret = Convert.ToBase64String(new byte[32]) }] },
                ["acme"] = new() { Credentials = [credential] },
            },
        },
        time);
}
