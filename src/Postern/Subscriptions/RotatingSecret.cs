using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Postern.Egress;
using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Replaces signing secrets without a gap: the old one signs beside the new one until a stated time.</summary>
internal sealed class RotatingSecret(OwnSubscriptions own, SecretProtector protector, TimeProvider time, ILogger logger)
{
    /// <summary>Secrets that sign at the same time; each one makes the signature header longer.</summary>
    public const int MaxAlive = 3;

    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "rotateSecret", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}/rotate-secret", Tag = Answers.Tag,
            Summary = "Replace the signing secret",
            Description = """
                The new secret signs at once, the replaced ones beside it until `previousSecretExpires`, and none of them longer
                than `overlap`: `0s` ends them at once, when a secret has leaked. At most three sign at the same time; a fourth is
                a 409 until one has ended.
                """,
            Request = typeof(RotateSecretRequest), RequestMediaTypes = RequestBody.Json, RequestRequired = false, Handle = RotateAsync,
            Responses =
            [
                new(200, "The subscription, with its new secret: keep it, it is not shown again.", typeof(SubscriptionView)),
                Answers.NotFound, Answers.Error(409, "Three secrets sign already."), .. Answers.OfBody, .. Answers.Always,
            ],
        },
    ];

    private async Task RotateAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        var request = await RequestBody.TryReadObjectAsync(context, RequestBody.Json);
        var (ownSecret, overlap) = Read(request, context.GatewayCall().Configuration.Callbacks.SecretOverlap);

        var now = time.GetUtcNow();
        var until = now + overlap;
        var secret = ownSecret ?? SigningSecret.Create();
        var fresh = protector.Seal(found.Id, secret, expires: null);
        var changed = await own.ChangeAsync(context, found, subscription => Rotate(subscription, fresh, now, until));
        if (!changed.Secrets[0].Ciphertext.Span.SequenceEqual(fresh.Ciphertext.Span))
        {
            throw Problems.Conflict(
                $"{MaxAlive} secrets of {found.Id} sign already, the last replaced one until {changed.Secrets[1].Expires:O}. "
                + "Wait, or end the replaced ones now with {\"overlap\": \"0s\"}.");
        }

        logger.SecretRotated(found.Consumer, found.Id, until);
        await context.Response.WriteAsync(200, SubscriptionView.Of(changed, now) with { Secret = SigningSecret.Format(secret) });
    }

    /// <summary>Puts a secret before the others, which end at <paramref name="until"/> or when they would have. Null when too many would sign.</summary>
    internal static Subscription? Rotate(Subscription subscription, SealedSecret fresh, DateTimeOffset now, DateTimeOffset until)
    {
        var replaced = subscription.Secrets
            .Select(secret => secret with { Expires = secret.Expires is { } ends && ends < until ? ends : until })
            .Where(secret => secret.Expires > now)
            .ToList();
        return replaced.Count < MaxAlive ? subscription with { Secrets = [fresh, .. replaced] } : null;
    }

    private static (byte[]? Secret, TimeSpan Overlap) Read(JsonElement? body, TimeSpan usual)
    {
        var errors = new FieldErrors();
        byte[]? secret = null;
        TimeSpan? overlap = usual;
        foreach (var property in body?.EnumerateObject() ?? default)
        {
            switch (property.Name)
            {
                case "secret":
                    secret = SubscriptionFieldsParser.ReadSecret(property.Value, errors);
                    break;
                case "overlap":
                    overlap = property.Value.ValueKind == JsonValueKind.String ? Overlap.Parse(property.Value.GetString()!) : null;
                    if (overlap is null)
                    {
                        errors.Add("overlap", "must be a duration up to 30 days, like \"0s\", \"15m\", \"24h\" or \"7d\".");
                    }

                    break;
                default:
                    errors.Add(property.Name, "is not a field; there are secret and overlap.");
                    break;
            }
        }

        errors.Throw();
        return (secret, overlap ?? usual);
    }
}

[Description("How to replace the secret; the body may be left out.")]
internal sealed record RotateSecretRequest
{
    [Description("A signing secret of your own: `whsec_` and 24 to 64 bytes in base64. Made for you when left out.")]
    public string? Secret { get; init; }

    [Description("How long replaced secrets go on signing: `0s` to `30d`; the gateway's configuration says how long when left out (24 h).")]
    public string? Overlap { get; init; }
}
