using System.ComponentModel;
using System.Text.Json;
using Postern.Model;
using Postern.Operations;

namespace Postern.Monitoring;

[Description("A subscription as its operator sees it. Its secrets are never shown.")]
internal sealed record SubscriptionReport
{
    [Description("`sub_…`")]
    public required string Id { get; init; }

    [Description("Name of the owner.")]
    public required string Consumer { get; init; }

    [Description("Path of the resource.")]
    public required string Resource { get; init; }

    [Description("Key of the one record; missing for the whole resource.")]
    public string? Key { get; init; }

    [Description("URL that is called back; a password in it is masked.")]
    public required string Callback { get; init; }

    [Description("Event types wanted; empty: all of them.")]
    public required IReadOnlyList<string> Events { get; init; }

    [Description("The filter, in the dialects of the CloudEvents Subscriptions API.")]
    public JsonElement? Filter { get; init; }

    [Description("How an event is put into the body.")]
    public required CallbackMode Mode { get; init; }

    [Description("Whether it takes events and sends callbacks.")]
    public required SubscriptionState State { get; init; }

    [Description("Why it is pending, paused, disabled or gone.")]
    public string? Reason { get; init; }

    [Description("`gateway`: it failed for too long, its consumer may resume it; `operator`: only `enable` ends it. Missing unless it is disabled.")]
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

    [Description("What the subscription says about retries itself; missing when all is as the configuration has it.")]
    public RetryView? Retry { get; init; }

    [Description("Credentials, headers and TLS for the receiver, without what is secret; missing when none are set.")]
    public DeliveryView? Delivery { get; init; }

    [Description("It takes the events after this sequence.")]
    public required long After { get; init; }

    [Description("Grows by one with each change.")]
    public required int Version { get; init; }

    public static SubscriptionReport Of(Subscription subscription) => new()
    {
        Id = subscription.Id,
        Consumer = subscription.Consumer,
        Resource = subscription.Resource,
        Key = subscription.Key,
        Callback = Mask.Password(subscription.Callback),
        Events = subscription.Events,
        Filter = InlineJson.Read(subscription.Filter),
        Mode = subscription.Mode,
        State = subscription.State,
        Reason = subscription.Reason,
        DisabledBy = subscription.DisabledBy,
        FailingSince = subscription.FailingSince,
        Verification = ProofView.Of(subscription),
        Created = subscription.Created,
        Metadata = InlineJson.Read(subscription.Metadata),
        Order = subscription.Order,
        Retry = RetryView.Of(subscription.Retry),
        Delivery = DeliveryView.Of(subscription.Delivery),
        After = subscription.After,
        Version = subscription.Version,
    };
}
