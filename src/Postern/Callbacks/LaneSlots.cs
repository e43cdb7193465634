namespace Postern.Callbacks;

/// <summary>
/// Bounds the attempts under way over all lanes. Only the second and further ones of a lane need a slot: a lane always may
/// have one under way, so no number of hanging endpoints keeps a healthy one waiting.
/// </summary>
internal sealed class LaneSlots(int count)
{
    private int free = count;

    public bool TryTake()
    {
        if (Interlocked.Decrement(ref free) >= 0)
        {
            return true;
        }

        Interlocked.Increment(ref free);
        return false;
    }

    public void Release() => Interlocked.Increment(ref free);
}
