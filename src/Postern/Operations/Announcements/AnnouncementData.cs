using System.ComponentModel;
using Postern.Model;

namespace Postern.Operations.Announcements;

/// <summary>Data of what is announced about a subscription. Never its callback URL: its path or query may carry a token.</summary>
internal sealed record SubscriptionData
{
    [Description("`sub_…`")]
    public required string Subscription { get; init; }

    [Description("Name of its owner.")]
    public required string Consumer { get; init; }

    [Description("Path of its resource.")]
    public required string Resource { get; init; }

    [Description("Key of the one record; missing for the whole resource.")]
    public string? Key { get; init; }

    [Description("Scheme, host and port of its callback.")]
    public required string Endpoint { get; init; }

    [Description("Its state from now on.")]
    public required SubscriptionState State { get; init; }

    [Description("Why, in words.")]
    public required string Reason { get; init; }

    [Description("The first failure after the last success; missing where nothing had failed.")]
    public DateTimeOffset? FailingSince { get; init; }

    [Description("Status of the response of the last attempt; missing when there was none.")]
    public int? Status { get; init; }

    [Description("Error of the last attempt; missing when it was delivered.")]
    public string? Error { get; init; }
}

/// <summary>Data of what is announced about a callback that was given up.</summary>
internal sealed record DeadCallbackData
{
    [Description("`cb_…`: it is kept under this id, to be replayed.")]
    public required string Callback { get; init; }

    [Description("Id of the event that was not delivered, its `webhook-id`.")]
    public required string Event { get; init; }

    [Description("Type of that event.")]
    public required string EventType { get; init; }

    [Description("The subscription it is owed to.")]
    public required string Subscription { get; init; }

    [Description("Name of the subscription's owner.")]
    public required string Consumer { get; init; }

    [Description("Path of the subscription's resource.")]
    public required string Resource { get; init; }

    [Description("Key of the one record; missing for the whole resource.")]
    public string? Key { get; init; }

    [Description("Scheme, host and port of the callback.")]
    public required string Endpoint { get; init; }

    [Description("Attempts that were made.")]
    public required int Attempts { get; init; }

    [Description("When the event was taken.")]
    public required DateTimeOffset Since { get; init; }

    [Description("Why it was given up.")]
    public required string Reason { get; init; }

    [Description("Status of the last response; missing when there was none.")]
    public int? Status { get; init; }
}
