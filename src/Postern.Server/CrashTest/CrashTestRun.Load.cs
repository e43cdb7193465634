namespace Postern.Server.CrashTest;

/// <content>The load, and the kills under it.</content>
internal sealed partial class CrashTestRun
{
    // What may be acknowledged and not delivered yet: load that the node cannot follow proves no more and takes longer to drain.
    private const int MostBehind = 20_000;

    // More than the 16 MiB that are configured where something is to expire.
    private const long TooLarge = 17 << 20;

    // The same in a database, whose size on its disk says little.
    private const long TooMany = 30_000;

    private async Task LoadAsync(CancellationTokenSource load)
    {
        Task living;
        lives.Start(options.At is { } point && !NeedsEarlierLife(point) ? point : null);
        if (options.At is null)
        {
            await lives.WaitUntilReadyAsync(load.Token);
            await subscribers.SubscribeAsync(load.Token);
            living = lives.RunAsync(Tell, load.Token);
        }
        else
        {
            living = LiveToPointAsync(options.At, load);
            await subscribers.SubscribeAsync(load.Token);
            await subscribers.SubscribeRefusingAsync(load.Token);
        }

        await Task.WhenAll(
            EndAllAsync(living), EndAllAsync(publishers.RunAsync(MayGoOn, load.Token)), EndAllAsync(subscribers.RunAsync(load.Token)),
            EndAllAsync(options.At?.StartsWith("erase-", StringComparison.Ordinal) is true ? Erasures.RunAsync(gateway, admin, time, load.Token) : Task.CompletedTask),
            EndAllAsync(PollAsync(load)));

        // When one of them fails, the others end too, and the run with them.
        async Task EndAllAsync(Task part)
        {
            try
            {
                await part;
            }
            catch
            {
                await load.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>The store is larger than it may be.</summary>
    private bool HoldsMuch() => files.StoreFile is { } file ? new FileInfo(file).Length > TooLarge : numbers.Acknowledged > TooMany;

    /// <summary>Ends the node at its crash point, starts it again, and lets the load go on for a moment.</summary>
    private async Task LiveToPointAsync(string point, CancellationTokenSource load)
    {
        var stop = load.Token;
        if (NeedsEarlierLife(point))
        {
            // Something must be owed from before for a start to have work.
            await lives.WaitUntilReadyAsync(stop);
            while (receiver.Received < 200 || (Expires(point) && !HoldsMuch()))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, stop);
            }

            await lives.KillAsync();
            lives.Start(point);
        }

        await lives.RunToPointAsync(
            patience: TimeSpan.FromSeconds(150), point.StartsWith("stop-", StringComparison.Ordinal) ? TimeSpan.FromSeconds(1) : null, stop);
        Tell($"ended at {log.ReachedPoint ?? "no crash point"}, {numbers.Acknowledged:N0} events acknowledged");
        lives.Start();
        await lives.WaitUntilReadyAsync(stop);
        await Task.Delay(TimeSpan.FromMilliseconds(500), time, stop);
        await load.CancelAsync();
    }

    private static bool NeedsEarlierLife(string point) => point.StartsWith("rebuild-", StringComparison.Ordinal) || Expires(point);

    // The youngest age that can be configured is an hour: in a run this short only a store that is too large lets anything expire.
    private static bool Expires(string point) => point.StartsWith("expire-", StringComparison.Ordinal);

    /// <summary>Publishers wait while the node is far behind, and while there were too few kills for so many events.</summary>
    private bool MayGoOn()
    {
        var acknowledged = numbers.Acknowledged;
        return publishers.Acknowledged - receiver.DeliveredTo(subscribers.Everything) < MostBehind
            && (options is not { Events: { } events, Kills: { } kills and > 0 } || acknowledged < (long)events * (lives.Kills + 1) / kills);
    }

    private bool IsEnough() =>
        options.At is null
        && (options.Kills is not null || options.Events is not null)
        && lives.Kills >= (options.Kills ?? 0)
        && numbers.Acknowledged >= (options.Events ?? 0);
}
