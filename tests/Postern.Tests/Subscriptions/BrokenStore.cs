using System.Reflection;
using Postern.Ports;

namespace Postern.Tests.Subscriptions;

/// <summary>A store whose disk can fail: while it is broken, whatever changes something is refused as a full disk is.</summary>
public class BrokenStore : DispatchProxy
{
    private static readonly string[] Changes =
    [
        nameof(IStore.StageAsync), nameof(IStore.AddSubscriptionAsync), nameof(IStore.ChangeSubscriptionAsync), nameof(IStore.RemoveSubscriptionsAsync),
        nameof(IStore.AddJobAsync), nameof(IStore.ChangeJobAsync),
    ];

    private IStore inner = null!;
    private Func<bool> isBroken = () => false;

    public static IStore Around(IStore store, Func<bool> isBroken)
    {
        var proxy = Create<IStore, BrokenStore>();
        ((BrokenStore)(object)proxy).inner = store;
        ((BrokenStore)(object)proxy).isBroken = isBroken;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => isBroken() && Changes.Contains(targetMethod!.Name)
        ? throw new StoreUnavailableException("The disk is full.")
        : targetMethod!.Invoke(inner, args);
}
