using Microsoft.Extensions.Logging;
using Postern.Ports;

namespace Postern.Leading;

/// <summary>Asks the store again until it answers: nothing that happened is forgotten because a disk is full. An outage is told once, however many ask.</summary>
internal sealed class StoreRetry(TimeProvider time, ILogger<StoreRetry> logger)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private bool isAway;

    /// <exception cref="OperationCanceledException">Cancelled while the store was unavailable.</exception>
    public async ValueTask RunAsync<TState>(
        string what, Func<TState, CancellationToken, ValueTask> ask, TState state, CancellationToken cancellation) => await RunAsync(
        what,
        static async (asked, stop) =>
        {
            await asked.ask(asked.state, stop);
            return true;
        },
        (ask, state), cancellation);

    /// <inheritdoc cref="RunAsync{TState}"/>
    public async ValueTask<T> RunAsync<TState, T>(
        string what, Func<TState, CancellationToken, ValueTask<T>> ask, TState state, CancellationToken cancellation)
    {
        for (var wait = First; ; wait = wait * 2 < Longest ? wait * 2 : Longest)
        {
            try
            {
                var answer = await ask(state, cancellation);
                if (Volatile.Read(ref isAway) && Interlocked.Exchange(ref isAway, false))
                {
                    logger.StoreAvailable();
                }

                return answer;
            }
            catch (StoreUnavailableException exception)
            {
                if (!Interlocked.Exchange(ref isAway, true))
                {
                    logger.StoreUnavailable(what, exception.Message);
                }
            }

            await Task.Delay(wait, time, cancellation);
        }
    }
}
