using System.Globalization;
using Postern.Callbacks.Sending;
using Postern.Egress;
using Postern.Egress.Delivery;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Ports;

namespace Postern.Callbacks;

/// <summary>A subscription as attempts need it: parsed and opened once per version.</summary>
internal sealed class SubscriptionRuntime
{
    private readonly Subscription subscription;
    private readonly SecretProtector protector;
    private IReadOnlyList<SigningKey>? keys;
    private CallbackDelivery? delivery;

    /// <param name="maySend">Whether an attempt may go out to this destination at the moment.</param>
    public SubscriptionRuntime(Subscription subscription, SecretProtector protector, Func<Uri, bool> maySend)
    {
        this.subscription = subscription;
        this.protector = protector;
        Id = subscription.Id;
        Consumer = subscription.Consumer;
        Resource = subscription.Resource;
        Key = subscription.Key;
        Version = subscription.Version;
        State = subscription.State;
        Mode = subscription.Mode;
        Path = subscription.Path;
        Retry = subscription.Retry;
        Queue = subscription.Queue;
        Origin = subscription.Proof?.Origin;
        AllowedRate = subscription.Proof?.Rate?.ToString(CultureInfo.InvariantCulture);
        Destination = new Uri(subscription.Callback);
        MaySend = () => maySend(Destination);
        Endpoint = EndpointName.Of(Destination);
    }

    public string Id { get; }

    public string Consumer { get; }

    public string Resource { get; }

    public string? Key { get; }

    /// <summary>The queue in whose backlog its callbacks wait.</summary>
    public int Queue { get; }

    public QueueBacklog Place => new(Queue, Endpoint, Consumer, default);

    public int Version { get; }

    public SubscriptionState State { get; }

    public CallbackMode Mode { get; }

    /// <summary>Path of the resource, which says whose policy holds.</summary>
    public string Path { get; }

    /// <summary>What the subscription says about retries itself.</summary>
    public RetrySettings? Retry { get; }

    public Uri Destination { get; }

    /// <summary>The origin its receiver has consented to, told with every callback (CloudEvents webhook 1.0, §4.1.1); null: none.</summary>
    public string? Origin { get; }

    /// <summary>Callbacks a minute its receiver has consented to, as <c>WebHook-Allowed-Rate</c> has it; null: it said nothing.</summary>
    public string? AllowedRate { get; }

    /// <summary>Asked by the connection right before it writes: the subscription takes callbacks, and still takes them here.</summary>
    public Func<bool> MaySend { get; }

    /// <summary>Scheme, host and port: the key of the lane.</summary>
    public string Endpoint { get; }

    /// <summary>Keys that sign, newest first; opened when they are first needed.</summary>
    /// <exception cref="SecretUnreadableException">The configured key is not the one they were sealed with.</exception>
    public IReadOnlyList<SigningKey> Keys => keys ??= [.. subscription.Secrets.Select(secret => new SigningKey(protector.Open(Id, secret), secret.Expires))];

    /// <summary>Credentials, headers and TLS for its receiver; opened when they are first needed.</summary>
    /// <exception cref="SecretUnreadableException">The configured key is not the one they were sealed with.</exception>
    public CallbackDelivery Delivery =>
        delivery ?? Interlocked.CompareExchange(ref delivery, CallbackDelivery.Open(subscription, protector), null) ?? delivery;
}
