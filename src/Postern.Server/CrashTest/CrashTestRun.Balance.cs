using System.Globalization;

namespace Postern.Server.CrashTest;

/// <content>What the node says it owes: whether that adds up, and when nothing is owed any more.</content>
internal sealed partial class CrashTestRun
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    // Longer than any wait of the schedule.
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(40);

    private long polls;
    private long told;

    /// <summary>Asks the node what it owes, looks whether that adds up, and says how far the run is.</summary>
    private async Task PollAsync(CancellationTokenSource load)
    {
        try
        {
            while (!IsEnough())
            {
                await Task.Delay(PollEvery, time, load.Token);
                await PollAsync(load.Token);
            }

            await load.CancelAsync();
        }
        catch (OperationCanceledException) when (load.IsCancellationRequested)
        {
            // The load has ended.
        }
    }

    private async Task<NodeBalance?> PollAsync(CancellationToken cancellation)
    {
        var acknowledged = publishers.Acknowledged;
        var balance = await NodeBalance.ReadAsync(admin, cancellation);
        var delivered = receiver.DeliveredTo(subscribers.Everything);
        if (balance is { } owed)
        {
            polls++;
            if (!owed.AccountsFor(acknowledged, delivered))
            {
                violations.Add(
                    ViolationKind.Conservation,
                    $"{acknowledged} were acknowledged; the node knows {owed.Unmatched} unmatched, {owed.Pending} pending, {owed.Dead} dead, and {delivered} were delivered");
            }
        }

        if (time.GetElapsedTime(told) > TellEvery)
        {
            told = time.GetTimestamp();
            Tell($"{numbers.Acknowledged:N0} acknowledged, {receiver.Received:N0} callbacks, {balance?.Pending.ToString("N0", CultureInfo.InvariantCulture) ?? "?"} owed, {lives.Kills:N0} kills");
        }

        return balance;
    }

    private async Task DrainAsync()
    {
        Tell("healing and draining");
        receiver.Heal();
        await lives.WaitUntilReadyAsync(CancellationToken.None);
        await subscribers.EndAsync(CancellationToken.None);

        // Who asks for the metrics while they are collected gets what is collected: for the poll that ended with the load, before the last acknowledgements.
        await NodeBalance.ReadAsync(admin, CancellationToken.None);
        var (moved, before) = (time.GetTimestamp(), (Pending: -1L, Received: -1L));
        while (true)
        {
            var balance = await PollAsync(CancellationToken.None);
            if (balance is { Pending: 0, Unmatched: 0 })
            {
                return;
            }

            var now = (balance?.Pending ?? before.Pending, receiver.Received);
            moved = now == before ? moved : time.GetTimestamp();
            before = now;
            if (time.GetElapsedTime(moved) > StuckAfter)
            {
                violations.Add(
                    ViolationKind.Ended,
                    $"{before.Pending} callbacks are owed, all endpoints are healed, and nothing was delivered for {StuckAfter.TotalSeconds} s");
                return;
            }

            await lives.WaitUntilReadyAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(100), time);
        }
    }
}
