using Postern.Operations;

namespace Postern.Gateway.Identity.Logins;

/// <summary>
/// Where passwords are hashed: on a part of the cores, when nobody else needs them, with a short queue before it. Hashing is slow on
/// purpose, and whoever knows no password must not be able to spend all the gateway has on finding that out.
/// </summary>
internal sealed class HashingSlots(int atOnce, int waiting) : IDisposable
{
    private readonly SemaphoreSlim slots = new(atOnce);
    private int inside;

    public static HashingSlots OfThisMachine() => new(Math.Max(1, Environment.ProcessorCount / 2), waiting: 32);

    /// <exception cref="ProblemException">503: too many wait already.</exception>
    public async Task<bool> RunAsync(Func<bool> hash, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref inside) > atOnce + waiting)
            {
                throw LoginProblems.Busy();
            }

            await slots.WaitAsync(cancellation);
            try
            {
                return await OnThreadOfItsOwnAsync(hash);
            }
            finally
            {
                slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }

    public void Dispose() => slots.Dispose();

    // It gives way to all other threads, and ends so: no pool gets a slow thread back.
    private static Task<bool> OnThreadOfItsOwnAsync(Func<bool> hash) => Task.Factory.StartNew(
        () =>
        {
            ThreadNiceness.GiveWay();
            return hash();
        },
        CancellationToken.None,
        TaskCreationOptions.DenyChildAttach | TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
