using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Model;
using Postern.Ports;

namespace Postern.Egress;

/// <summary>
/// Seals with the first key what other keys have sealed: at start, and when the keys have changed. It looks at everything in small steps and
/// keeps no note of how far it was, so that there is none to be wrong.
/// </summary>
internal sealed class SecretResealing(IStore store, SecretProtector protector, SecretKeyBoard board, TimeProvider time, ILogger<SecretResealing> logger)
    : BackgroundService
{
    internal const int Page = 100;

    private static readonly SecretPurpose[] Purposes = Enum.GetValues<SecretPurpose>();
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseOfFault = TimeSpan.FromSeconds(2);

    // Nobody counts how often the keys changed: the pass that follows sees the newest.
    private readonly SemaphoreSlim changed = new(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void Wake()
        {
            if (changed.CurrentCount == 0)
            {
                changed.Release();
            }
        }

        protector.KeysChanged += Wake;
        try
        {
            while (true)
            {
                await changed.WaitAsync(stoppingToken);
                await InsistAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops: the next start looks again.
        }
        finally
        {
            protector.KeysChanged -= Wake;
        }
    }

    public override void Dispose()
    {
        changed.Dispose();
        base.Dispose();
    }

    private async Task InsistAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                // What was sealed while the keys changed is found by the pass after the one that found anything.
                while (await PassAsync(cancellation) > 0)
                {
                }

                return;
            }
            catch (StoreUnavailableException exception)
            {
                logger.ResealingWaits(exception.Message);
                await Task.Delay(PauseOfFault, time, cancellation);
            }
        }
    }

    /// <summary>Looks at every sealed secret once. Returns how many it has sealed anew.</summary>
    internal async Task<int> PassAsync(CancellationToken cancellation)
    {
        var ring = protector.Ring;
        var tally = board.Begin(ring);
        foreach (var purpose in Purposes)
        {
            long after = 0;
            while (true)
            {
                var rows = await store.ReadSealedAsync(purpose, after, Page, cancellation);
                await StepAsync(purpose, rows, tally, cancellation);
                if (rows.Count < Page)
                {
                    break;
                }

                after = rows[^1].Number;
                await Task.Delay(Pause, time, cancellation);
            }
        }

        board.End(tally, time.GetUtcNow());
        if (tally.Resealed > 0)
        {
            logger.Resealed(tally.Resealed, ring.Sealing.Id);
        }

        if (tally.Unreadable > 0)
        {
            logger.Unreadable(tally.Unreadable, tally.FirstFault!);
        }

        return tally.Resealed;
    }

    private async Task StepAsync(SecretPurpose purpose, IReadOnlyList<SealedRow> rows, SecretTally tally, CancellationToken cancellation)
    {
        var resealed = new List<ResealedSecret>();
        foreach (var row in rows)
        {
            foreach (var ciphertext in row.Ciphertexts)
            {
                try
                {
                    if (protector.Reseal(purpose, row.Owner, ciphertext.Span) is { } anew)
                    {
                        resealed.Add(new ResealedSecret(row.Number, ciphertext, anew));
                    }
                    else
                    {
                        tally.Current++;
                    }
                }
                catch (SecretUnreadableException exception)
                {
                    tally.Unreadable++;
                    tally.FirstFault ??= exception.Message;
                }
            }
        }

        if (resealed.Count > 0)
        {
            await store.ReplaceSealedAsync(purpose, resealed, cancellation);
            tally.Resealed += resealed.Count;
        }
    }
}
