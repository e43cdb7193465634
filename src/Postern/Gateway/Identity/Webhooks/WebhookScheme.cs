using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Gateway.Publish;
using Postern.Model.Access;
using Postern.Model.CloudEvents;
using Postern.Operations;

namespace Postern.Gateway.Identity.Webhooks;

/// <summary>
/// A Standard Webhooks signature, for programs that publish: looked at on <c>POST /events</c> alone. Everywhere else the header fields are the API's.
/// </summary>
/// <remarks>
/// What is signed is the body: an event must stand in it whole, or whoever is on the way could make another one of it. Sent again it is the same
/// event, by its source and id, which the store knows longer than a signature holds: no ids are remembered here, and an honest retry is never refused.
/// </remarks>
internal sealed class WebhookScheme : CredentialScheme
{
    private static readonly CredentialClaim NotWhole = new CredentialClaim.Invalid(
        "The signature does not cover header fields: send the whole event in the body, as application/cloudevents+json or application/cloudevents-batch+json.");

    private static readonly CredentialClaim NotSigned = new CredentialClaim.Invalid("No secret of a consumer has made the signature of this message.");

    private readonly List<(byte[] Key, KnownCredential Known)> secrets = [];
    private readonly DecodeLimits limits;
    private readonly TimeProvider time;

    public WebhookScheme(PosternConfiguration configuration, TimeProvider time)
    {
        limits = new DecodeLimits(configuration.Gateway.MaxEventBytes);
        this.time = time;
        foreach (var (webhook, known) in KnownCredential.Of<CredentialConfiguration.WebhookSignature>(configuration.Consumers))
        {
            secrets.Add((webhook.SigningKey, known));
        }
    }

    public override CredentialKind Kind => CredentialKind.WebhookSignature;

    public override async ValueTask<CredentialClaim> CheckAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = context.Request;
        if (request.Headers[WebhookHeaders.Signature].Count == 0)
        {
            return CredentialClaim.Nothing;
        }

        if (!context.GatewayCall().Publishes)
        {
            return CredentialClaim.Theirs;
        }

        var now = time.GetUtcNow();
        if (WebhookHeaders.Read(request.Headers, now, out var fault) is not { } headers)
        {
            return new CredentialClaim.Invalid(fault!);
        }

        var mode = HttpDecoder.ModeOf(request.ContentType);
        if (mode == ContentMode.Binary)
        {
            return NotWhole;
        }

        var body = await BodyReader.ReadAsSentAsync(context, limits.BodyBytes(mode));
        request.Body = new MemoryStream(body, writable: false);
        return Check(headers, body, now);
    }

    public override void Remove(HttpRequest request)
    {
        request.Headers.Remove(WebhookHeaders.Id);
        request.Headers.Remove(WebhookHeaders.Timestamp);
        request.Headers.Remove(WebhookHeaders.Signature);
    }

    private CredentialClaim Check(WebhookHeaders headers, byte[] body, DateTimeOffset now)
    {
        var claim = NotSigned;
        foreach (var (key, known) in secrets)
        {
            if (WebhookSignature.Verify(key, headers, body))
            {
                claim = known.ClaimAt(now);
                if (claim is CredentialClaim.Of)
                {
                    break;
                }

                // While secrets are changed the list holds signatures of both, and the old one may have expired.
            }
        }

        return claim;
    }
}
