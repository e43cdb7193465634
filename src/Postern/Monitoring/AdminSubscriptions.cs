using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Resources;
using Postern.Operations;
using Postern.Operations.Announcements;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>What an operator does to one subscription, and how it fares.</summary>
internal sealed class AdminSubscriptions(IStore store, HealthReader health, LiveConfiguration live, PosternMeter meter, TimeProvider time)
{
    private const int MaxReason = 500;

    // A reason in JSON, every character of it escaped.
    private const int MaxBytes = 8 * 1024;

    public async Task ReadHealth(HttpContext context, string id)
    {
        var subscription = await store.FindSubscriptionAsync(id, context.RequestAborted) ?? throw AdminApi.NoSubscription();
        await context.Response.WriteAsync(200, await health.ReadAsync(subscription, context.RequestAborted));
    }

    public async Task Disable(HttpContext context, string id)
    {
        var reason = await ReadReasonAsync(context);
        var (configuration, now, moved) = (live.Current, time.GetUtcNow(), false);
        var stands = await store.ChangeSubscriptionAsync(
            id,
            subscription =>
            {
                var wanted = Disabled(subscription, reason);
                moved = wanted is not null;
                return wanted;
            },
            subscription => Announce(subscription, now, configuration), context.RequestAborted) ?? throw AdminApi.NoSubscription();
        if (moved)
        {
            meter.SubscriptionsDisabled.Add(1, PosternMeter.ByOperator);
        }

        await context.Response.WriteAsync(200, SubscriptionReport.Of(stands));
    }

    public async Task Enable(HttpContext context, string id)
    {
        var (configuration, now, moved) = (live.Current, time.GetUtcNow(), false);
        var stands = await store.ChangeSubscriptionAsync(
            id,
            subscription =>
            {
                var wanted = Enabled(subscription, configuration, now);
                moved = wanted is not null;
                return wanted;
            },
            context.RequestAborted) ?? throw AdminApi.NoSubscription();
        if (!moved && stands.State != SubscriptionState.Active)
        {
            throw Problems.Conflict(stands.State == SubscriptionState.Paused
                ? "The subscription is paused: its consumer resumes it."
                : "The subscription waits until its callback is verified.");
        }

        await context.Response.WriteAsync(200, SubscriptionReport.Of(stands));
    }

    /// <summary>Disabled by an operator, whatever it was before; null when it is so already, for this reason.</summary>
    internal static Subscription? Disabled(Subscription subscription, string? reason)
    {
        var said = reason is null ? "Disabled by the gateway's operator." : $"Disabled by the gateway's operator: {reason}";
        return subscription.DisabledBy == DisabledBy.Operator && subscription.Reason == said
            ? null
            : subscription with { State = SubscriptionState.Disabled, DisabledBy = DisabledBy.Operator, Reason = said };
    }

    /// <summary>Active again, whoever had ended it, or pending where its receiver has to consent first; null when there is no end to undo.</summary>
    internal static Subscription? Enabled(Subscription subscription, PosternConfiguration configuration, DateTimeOffset now) =>
        subscription.State is SubscriptionState.Disabled or SubscriptionState.Gone ? Ownership.Activate(subscription, configuration, now) : null;

    private static IReadOnlyList<EventContent> Announce(Subscription subscription, DateTimeOffset now, PosternConfiguration configuration)
    {
        if (OwnResources.Hold(subscription.Resource))
        {
            return [];
        }

        var data = new SubscriptionData
        {
            Subscription = subscription.Id, Consumer = subscription.Consumer, Resource = subscription.Resource, Key = subscription.Key,
            Endpoint = EndpointName.Of(new Uri(subscription.Callback)), State = subscription.State, Reason = subscription.Reason!,
            FailingSince = subscription.FailingSince,
        };
        var occasion = string.Create(CultureInfo.InvariantCulture, $"{subscription.Id}:disabled:v{subscription.Version}");
        return [Announcement.Of(AnnouncementType.Disabled, subscription.Id, occasion, subscription.Consumer, data, now, configuration)];
    }

    private static async Task<string?> ReadReasonAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBytes)
        {
            throw Problems.TooLarge($"The body of this call may have {MaxBytes} bytes.");
        }

        using var body = new MemoryStream();
        var buffer = new byte[4096];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is var read and > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MaxBytes)
            {
                throw Problems.TooLarge($"The body of this call may have {MaxBytes} bytes.");
            }
        }

        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            var reason = JsonSerializer.Deserialize<DisableRequest>(body.ToArray(), Json.Options)?.Reason;
            return reason is { Length: 0 or > MaxReason }
                ? throw Problems.Invalid("reason", $"must have 1 to {MaxReason} characters, or be left out.")
                : reason;
        }
        catch (JsonException exception)
        {
            throw Problems.Malformed($"Send an object such as {{\"reason\": \"…\"}}, or no body: {exception.Message}");
        }
    }
}

[Description("Why a subscription is disabled; the body may be left out.")]
internal sealed record DisableRequest
{
    [Description("Shown to the consumer, 1 to 500 characters.")]
    public string? Reason { get; init; }
}
