using Postern.Ports;

namespace Postern.Storage.PostgreSql.Peers;

/// <summary>What ends this node's part in the store for good, told once.</summary>
internal sealed class Fatal(Action<string>? told)
{
    private bool isTold;

    /// <summary>The exception to throw; every probe meets it again.</summary>
    public StoreRefusedException Of(string why)
    {
        if (!Interlocked.Exchange(ref isTold, true))
        {
            told?.Invoke(why);
        }

        return new StoreRefusedException($"The store is not written any more: {why}.");
    }
}
