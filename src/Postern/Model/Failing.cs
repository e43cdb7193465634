namespace Postern.Model;

/// <summary>Since when and how a subscription has failed: no attempt has succeeded since <see cref="Since"/>.</summary>
public sealed record Failing
{
    /// <summary>The first failure after the last success.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Since when it has been tried without a long break: what is not tried is not known to fail.</summary>
    public required DateTimeOffset Steady { get; init; }

    /// <summary>The last failure. The store knows that of the last change, which may be some hours older.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>The last failure that counted as a moment of its own.</summary>
    public required DateTimeOffset Counted { get; init; }

    /// <summary>Failures since <see cref="Steady"/> that lie well apart: a hundred at the same time are one moment.</summary>
    public required int Moments { get; init; }

    /// <summary><c>postern.subscription.failing</c> has been announced.</summary>
    public bool Announced { get; init; }

    /// <summary>Status of the response of the failure that made the last change; null when there was none.</summary>
    public int? Status { get; init; }

    /// <summary>What went wrong in that failure, in words for the developer at the other end.</summary>
    public required string Error { get; init; }
}

/// <summary>A failing subscription as the store keeps it.</summary>
/// <param name="Subscription">Its number.</param>
public sealed record FailingSubscription(long Subscription, Failing Failing);

/// <summary>A change of a subscription's health, committed with the attempt that made it: a small closed set.</summary>
public abstract record HealthChange
{
    private HealthChange()
    {
    }

    /// <summary>It fails from now on. Kept as it is where the subscription is failing already.</summary>
    public sealed record Fails(Failing Failing) : HealthChange;

    /// <summary>It goes on failing. Nothing where it has recovered meanwhile.</summary>
    public sealed record StillFails(Failing Failing) : HealthChange;

    /// <summary>An attempt has succeeded.</summary>
    public sealed record Recovered : HealthChange
    {
        public static Recovered Instance { get; } = new();
    }

    /// <summary>It has failed for too long: the subscription becomes <see cref="SubscriptionState.Disabled"/> by <see cref="DisabledBy.Gateway"/>.</summary>
    public sealed record Disabled(Failing Failing, string Reason) : HealthChange;
}
