namespace Postern.Gateway.Identity.Logins;

/// <summary>How many logins one of many may have under way at once, in memory that does not grow: those whose hashes fall together share.</summary>
internal sealed class LoginPlaces(int most)
{
    private const int Places = 8192;

    private readonly int[] taken = new int[Places];

    public bool TryEnter(int hash)
    {
        if (Interlocked.Increment(ref taken[(uint)hash % Places]) <= most)
        {
            return true;
        }

        Leave(hash);
        return false;
    }

    public void Leave(int hash) => Interlocked.Decrement(ref taken[(uint)hash % Places]);
}
