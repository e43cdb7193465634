using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Postern.Model;
using Postern.Operations;

namespace Postern.Subscriptions;

[Description("A subscription as its owner sees it.")]
internal sealed record SubscriptionView
{
    [Description("`sub_…`")]
    public required string Id { get; init; }

    [Description("Path of the resource.")]
    public required string Resource { get; init; }

    [Description("Key of the one record; missing for the whole resource.")]
    public string? Key { get; init; }

    [Description("URL that is called back.")]
    public required string Callback { get; init; }

    [Description("Event types wanted; empty: all of them.")]
    public required IReadOnlyList<string> Events { get; init; }

    [Description("The filter as it was given; missing when there is none.")]
    public JsonElement? Filter { get; init; }

    [Description("`binary`: the body is the event's data; `structured`: the whole event as application/cloudevents+json.")]
    public required CallbackMode Mode { get; init; }

    [Description("`active`; `pending`: callbacks are kept until its receiver has consented; `paused`: they are kept until it is resumed; `disabled` and `gone`: ended, it takes no events until it is resumed.")]
    public required SubscriptionState State { get; init; }

    [Description("Why it is not active.")]
    public string? Reason { get; init; }

    [Description("`gateway`: it failed for too long, resume it once its endpoint is repaired; `operator`: ask them. Missing unless it is disabled.")]
    public DisabledBy? DisabledBy { get; init; }

    [Description("Since when every attempt has failed; missing while they succeed.")]
    public DateTimeOffset? FailingSince { get; init; }

    [Description("What is known of the receiver's consent; missing where none is asked for.")]
    public ProofView? Verification { get; init; }

    [Description("When it was made.")]
    public required DateTimeOffset Created { get; init; }

    [Description("The consumer's own JSON object.")]
    public JsonElement? Metadata { get; init; }

    [Description("`key`: callbacks of one record are sent one after the other; `none`: as they come.")]
    public required SubscriptionOrder Order { get; init; }

    [Description("When a callback that failed is tried again, where it says so itself; missing when all is as the operator has it.")]
    public RetryView? Retry { get; init; }

    [Description("Credentials, headers and TLS for the receiver, without what is secret; missing when none are set.")]
    public DeliveryView? Delivery { get; init; }

    [Description("When the last of its replaced secrets stops signing; missing when only the current one signs.")]
    public DateTimeOffset? PreviousSecretExpires { get; init; }

    [Description("The signing secret, `whsec_…`. Shown once, in the answer that made it.")]
    public string? Secret { get; init; }

    public static SubscriptionView Of(Subscription subscription, DateTimeOffset now) => new()
    {
        Id = subscription.Id,
        Resource = subscription.Resource,
        Key = subscription.Key,
        Callback = subscription.Callback,
        Events = subscription.Events,
        Filter = Read(subscription.Filter),
        Mode = subscription.Mode,
        State = subscription.State,
        Reason = subscription.Reason,
        DisabledBy = subscription.DisabledBy,
        FailingSince = subscription.FailingSince,
        Verification = ProofView.Of(subscription),
        Created = subscription.Created,
        Metadata = Read(subscription.Metadata),
        Order = subscription.Order,
        Retry = RetryView.Of(subscription.Retry),
        Delivery = DeliveryView.Of(subscription.Delivery),
        PreviousSecretExpires = subscription.Secrets.Skip(1).Where(secret => secret.Expires > now).Max(secret => secret.Expires),
    };

    private static JsonElement? Read(string? json) => json is null ? null : JsonElement.Parse(json);
}
