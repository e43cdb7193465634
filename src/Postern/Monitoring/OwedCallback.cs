using System.ComponentModel;
using Postern.Model;

namespace Postern.Monitoring;

[Description("A callback that is owed or dead: one event for one subscription. A delivered one is in the attempts alone.")]
internal sealed record OwedCallback
{
    [Description("`cb_…`")]
    public required string Id { get; init; }

    [Description("Id of the event.")]
    public required string Event { get; init; }

    [Description("Type of the event.")]
    public required string EventType { get; init; }

    [Description("Id of the subscription.")]
    public required string Subscription { get; init; }

    [Description("Owner of the subscription.")]
    public required string Consumer { get; init; }

    [Description("URL that is called back; a password in it is masked.")]
    public required string Destination { get; init; }

    [Description("`pending`: owed; `parked`: owed, and kept while its subscription is paused; `dead`: given up, kept for replay.")]
    public required CallbackState State { get; init; }

    [Description("When it is sent next; missing when it is with the hub, parked or dead.")]
    public DateTimeOffset? Due { get; init; }

    [Description("Attempts made so far.")]
    public required int Attempts { get; init; }

    public static OwedCallback Of(Callback callback) => new()
    {
        Id = CallbackId.Format(callback.Id),
        Event = callback.EventId,
        EventType = callback.EventType,
        Subscription = callback.SubscriptionId,
        Consumer = callback.Consumer,
        Destination = Mask.Password(callback.Destination),
        State = callback.State,
        Due = callback.Due,
        Attempts = callback.Attempts,
    };
}
