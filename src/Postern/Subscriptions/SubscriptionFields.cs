using System.ComponentModel;
using System.Text.Json;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>The fields a caller can set, as they were read; those that were not given keep their defaults or what stands.</summary>
internal sealed record SubscriptionFields
{
    /// <summary>Names of the fields that were given, null values among them.</summary>
    public required IReadOnlySet<string> Given { get; init; }

    public string? Callback { get; init; }

    public IReadOnlyList<string> Events { get; init; } = [];

    public string? Filter { get; init; }

    public CallbackMode Mode { get; init; }

    public string? Metadata { get; init; }

    public SubscriptionOrder Order { get; init; }

    public RetrySettings? Retry { get; init; }

    /// <summary>What is said about the delivery; null: nothing.</summary>
    public DeliveryFields? Delivery { get; init; }

    public byte[]? Secret { get; init; }

    /// <summary>JSON merge patch (RFC 7396): null took a field back to its default, what was not given stays.</summary>
    /// <param name="sealedDelivery">What <see cref="Delivery"/> says, sealed for the subscription.</param>
    public Subscription Patch(Subscription subscription, SubscriptionDelivery? sealedDelivery) => subscription with
    {
        Delivery = Delivery is null ? Kept(subscription) : Delivery.Patch(Kept(subscription), sealedDelivery!),
        Callback = Callback ?? subscription.Callback,
        Events = Given.Contains("events") ? Events : subscription.Events,
        Filter = Given.Contains("filter") ? Filter : subscription.Filter,
        Mode = Given.Contains("mode") ? Mode : subscription.Mode,
        Metadata = Given.Contains("metadata") ? Metadata : subscription.Metadata,
        Retry = Given.Contains("retry") ? Retry : subscription.Retry,
    };

    // What was given for one receiver is not handed to another: whoever can change the URL must not come to read it so.
    private SubscriptionDelivery? Kept(Subscription subscription) =>
        Callback is null || IsSameReceiver(subscription.Callback) ? subscription.Delivery : null;

    /// <summary>Whether the callback goes to the host and port that it went to, as safely.</summary>
    public bool IsSameReceiver(string callback) =>
        Callback is null || EndpointName.Of(new Uri(Callback)) == EndpointName.Of(new Uri(callback));
}

[Description("What to subscribe with.")]
internal sealed record SubscribeRequest
{
    [Description("URL to call back: https, or http where the gateway's operator allows it.")]
    public required string Callback { get; init; }

    [Description("Event types wanted, at most 100; left out or empty: all of them.")]
    public IReadOnlyList<string>? Events { get; init; }

    [Description("A filter in a dialect of the CloudEvents Subscriptions API (exact, prefix, suffix, all, any, not), or an array of filters that must all match.")]
    public JsonElement? Filter { get; init; }

    [Description("`binary` when left out.")]
    public CallbackMode? Mode { get; init; }

    [Description("A JSON object of your own, at most 16 KiB.")]
    public JsonElement? Metadata { get; init; }

    [Description("`key`: callbacks of one record one after the other, the next when the one before is delivered or given up; `none` when left out. It cannot be changed later.")]
    public SubscriptionOrder? Order { get; init; }

    [Description("When a callback that failed is tried again; what is left out is as the operator has it.")]
    public RetryView? Retry { get; init; }

    [Description("Credentials, headers and TLS for the receiver.")]
    public DeliveryRequest? Delivery { get; init; }

    [Description("A signing secret of your own: `whsec_` and 24 to 64 bytes in base64. Made for you when left out.")]
    public string? Secret { get; init; }
}

[Description("What to change, as a JSON merge patch: null takes a field back to its default, what is left out stays.")]
internal sealed record SubscriptionPatch
{
    [Description("URL to call back.")]
    public string? Callback { get; init; }

    [Description("Event types wanted; null or empty: all of them.")]
    public IReadOnlyList<string>? Events { get; init; }

    [Description("A filter, or an array of filters that must all match; null: none.")]
    public JsonElement? Filter { get; init; }

    [Description("null: `binary`.")]
    public CallbackMode? Mode { get; init; }

    [Description("A JSON object of your own; null: none.")]
    public JsonElement? Metadata { get; init; }

    [Description("When a callback that failed is tried again, as a whole: what it leaves out, and null, is as the operator has it. It holds for what is owed already, too.")]
    public RetryView? Retry { get; init; }

    [Description("Credentials, headers and TLS for the receiver: each part as a whole; one that is left out stays, null takes it away. "
        + "A callback that goes to another host needs it given again, or null.")]
    public DeliveryRequest? Delivery { get; init; }
}
