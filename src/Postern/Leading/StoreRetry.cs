using Microsoft.Extensions.Logging;
using Postern.Ports;

namespace Postern.Leading;

/// <summary>Asks the store again until it answers: nothing that happened is forgotten because a disk is full.</summary>
internal sealed class StoreRetry(TimeProvider time, ILogger<StoreRetry> logger)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <exception cref="OperationCanceledException">Cancelled while the store was unavailable.</exception>
    public async ValueTask RunAsync<TState>(
        string what, Func<TState, CancellationToken, ValueTask> ask, TState state, CancellationToken cancellation)
    {
        for (var wait = First; ; wait = Longer(wait))
        {
            try
            {
                await ask(state, cancellation);
                return;
            }
            catch (StoreUnavailableException exception)
            {
                logger.StoreUnavailable(what, wait, exception.Message);
            }

            await Task.Delay(wait, time, cancellation);
        }
    }

    /// <inheritdoc cref="RunAsync{TState}"/>
    public async ValueTask<T> RunAsync<TState, T>(
        string what, Func<TState, CancellationToken, ValueTask<T>> ask, TState state, CancellationToken cancellation)
    {
        for (var wait = First; ; wait = Longer(wait))
        {
            try
            {
                return await ask(state, cancellation);
            }
            catch (StoreUnavailableException exception)
            {
                logger.StoreUnavailable(what, wait, exception.Message);
            }

            await Task.Delay(wait, time, cancellation);
        }
    }

    private static TimeSpan Longer(TimeSpan wait) => wait * 2 < Longest ? wait * 2 : Longest;
}
