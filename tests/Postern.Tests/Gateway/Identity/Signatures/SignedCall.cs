using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Postern.Configuration;
using Postern.Operations;

namespace Postern.Tests.Gateway.Identity.Signatures;

/// <summary>A call as a client makes and signs it, by the text of RFC 9421 and nothing of the gateway's.</summary>
internal sealed record SignedCall
{
    public const long Now = 1_618_884_473;

    public static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(static number => (byte)number)];

    public string Method { get; init; } = "POST";

    public string Scheme { get; init; } = "https";

    public string Host { get; init; } = "gateway.example";

    public string Target { get; init; } = "/orders?dry=1";

    public string? Body { get; init; } = """{"number":42}""";

    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string> { ["content-type"] = "application/json", ["x-tenant"] = "north" };

    /// <summary>In quotes, as they are signed.</summary>
    public IReadOnlyList<string> Covered { get; init; } =
        ["\"@method\"", "\"@authority\"", "\"@path\"", "\"@query\"", "\"content-digest\"", "\"content-type\"", "\"x-tenant\""];

    public string Parameters { get; init; } = $";created={Now};keyid=\"acme-1\"";

    public string Label { get; init; } = "sig1";

    public Func<byte[], byte[]> Sign { get; init; } = static signed => HMACSHA256.HashData(Secret, signed);

    public static CredentialConfiguration.HttpSignature Credential { get; } = new("acme-1", "hmac-sha256") { Secret = Convert.ToBase64String(Secret) };

    public string Input => $"({string.Join(' ', Covered)}){Parameters}";

    public string Signature
    {
        get
        {
            var lines = Covered.Select(component => $"{component}: {Value(component)}\n");
            return Convert.ToBase64String(Sign(Encoding.ASCII.GetBytes($"{string.Concat(lines)}\"@signature-params\": {Input}")));
        }
    }

    public string Digest => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Body ?? "")))}:";

    public SignedCall Without(string component) => this with { Covered = [.. Covered.Where(covered => covered != $"\"{component}\"")] };

    public DefaultHttpContext ToContext(bool publishes = false)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new GatewayCall { Configuration = new PosternConfiguration(), Publishes = publishes });
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new Detected(Body is not null));
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = Target;
        context.Request.Method = Method;
        context.Request.Scheme = Scheme;
        context.Request.Headers.Host = Host;
        foreach (var (name, value) in Fields)
        {
            context.Request.Headers[name] = value;
        }

        if (Body is not null)
        {
            context.Request.Headers["Content-Digest"] = Digest;
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(Body));
        }

        context.Request.Headers["Signature-Input"] = $"{Label}={Input}";
        context.Request.Headers["Signature"] = $"{Label}=:{Signature}:";
        return context;
    }

    private string Value(string component) => component.Trim('"') switch
    {
        "@method" => Method,
        "@authority" => Host,
        "@target-uri" => $"{Scheme}://{Host}{Target}",
        "@path" => Target.Split('?')[0],
        "@query" => Target.Contains('?', StringComparison.Ordinal) ? Target[Target.IndexOf('?', StringComparison.Ordinal)..] : "?",
        "content-digest" => Digest,
        var field => Fields.GetValueOrDefault(field, ""),
    };

    private sealed record Detected(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;
}
