using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Postern.Configuration;
using Postern.Gateway.Publish;
using Postern.Model.Access;
using Postern.Model.CloudEvents;
using Postern.Operations;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>An HTTP message signature (RFC 9421) by a key of a consumer, over what is called and with what (RFC 9530): taken for every call.</summary>
/// <remarks>
/// A signature by a key that is not known here is somebody else's and stays. The body is read when the signature has proved to be a consumer's:
/// strangers fill no memory. Nothing is remembered of messages that were seen, for the same reasons as with Standard Webhooks (decision 18).
/// </remarks>
internal sealed class HttpSignatureScheme : CredentialScheme
{
    private static readonly CredentialClaim NotSigned = new CredentialClaim.Invalid(
        "The signature was not made with this key over this message: the method, the URI or a covered field is another one than was signed.");

    private readonly Dictionary<string, Credential> credentials = new(StringComparer.Ordinal);
    private readonly DecodeLimits limits;
    private readonly TimeProvider time;

    public HttpSignatureScheme(PosternConfiguration configuration, TimeProvider time)
    {
        limits = new DecodeLimits(configuration.Gateway.MaxEventBytes);
        this.time = time;
        foreach (var (signature, known) in KnownCredential.Of<CredentialConfiguration.HttpSignature>(configuration.Consumers))
        {
            credentials[signature.KeyId] = new Credential(signature, new SignatureKey(signature), known);
        }
    }

    public override CredentialKind Kind => CredentialKind.HttpSignature;

    public override async ValueTask<CredentialClaim> CheckAsync(HttpContext context, CancellationToken cancellation)
    {
        var headers = context.Request.Headers;
        if (headers[SignatureFields.Input].Count == 0)
        {
            return CredentialClaim.Nothing;
        }

        if (SignatureFields.Find(headers, credentials.ContainsKey, out var keyId, out var fault) is not { } signature)
        {
            return fault is null ? CredentialClaim.Theirs : new CredentialClaim.Invalid(fault);
        }

        // Where nothing tells whether there is a body, there may be one.
        var mayHaveBody = context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
        var claim = Check(credentials[keyId!], signature, ReceivedRequest.Of(context), mayHaveBody, context.GatewayCall().Publishes);
        return claim is CredentialClaim.Of && signature.Components.Any(static component => component.Name == Coverage.ContentDigest)
            && await FindBodyFaultAsync(context, mayHaveBody) is { } other
                ? new CredentialClaim.Invalid(other)
                : claim;
    }

    public override void Remove(HttpRequest request) => SignatureFields.Remove(request.Headers, credentials.ContainsKey);

    private CredentialClaim Check(Credential credential, MessageSignature signature, ReceivedRequest request, bool mayHaveBody, bool publishes)
    {
        var now = time.GetUtcNow();
        var fault = SignatureRules.FindFault(signature, credential.Configuration, now)
            ?? Coverage.FindFault(signature, request, credential.Configuration.Covers, mayHaveBody, publishes);
        if (fault is not null || SignatureBase.Of(signature, request, out fault) is not { } signed)
        {
            return new CredentialClaim.Invalid(fault!);
        }

        return credential.Key.Verifies(signed, signature.Bytes) ? credential.Known.ClaimAt(now) : NotSigned;
    }

    private async ValueTask<string?> FindBodyFaultAsync(HttpContext context, bool mayHaveBody)
    {
        if (!mayHaveBody)
        {
            return ContentDigests.FindFault(context.Request.Headers, []);
        }

        var mode = context.GatewayCall().Publishes ? HttpDecoder.ModeOf(context.Request.ContentType) : ContentMode.Binary;
        var body = await BodyReader.ReadAsSentAsync(context, limits.BodyBytes(mode));
        context.Request.Body = new MemoryStream(body, writable: false);
        return ContentDigests.FindFault(context.Request.Headers, body);
    }

    private sealed record Credential(CredentialConfiguration.HttpSignature Configuration, SignatureKey Key, KnownCredential Known);
}
