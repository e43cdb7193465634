using Postern.Operations;

namespace Postern.Gateway.Identity.Logins;

/// <summary>
/// Where passwords are hashed: on a part of the cores, with a short queue before it. Hashing is slow on purpose, and whoever knows
/// no password must not be able to spend all the gateway has on finding that out.
/// </summary>
internal sealed class HashingSlots(int atOnce, int waiting)
{
    private readonly TaskScheduler slots = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, atOnce).ConcurrentScheduler;
    private int inside;

    public static HashingSlots OfThisMachine() => new(Math.Max(1, Environment.ProcessorCount / 2), waiting: 32);

    /// <exception cref="ProblemException">503: too many wait already.</exception>
    public async Task<bool> RunAsync(Func<bool> hash, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref inside) > atOnce + waiting)
            {
                throw new ProblemException(
                    Problems.Make(503, "logins-busy", "Too many logins at once", "The password was not looked at. Send the same again after Retry-After."),
                    TimeSpan.FromSeconds(2));
            }

            return await Task.Factory.StartNew(hash, cancellation, TaskCreationOptions.DenyChildAttach, slots);
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }
}
