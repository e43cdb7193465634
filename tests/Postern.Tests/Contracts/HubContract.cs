using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

/// <summary>What every driver of <see cref="IHub"/> does.</summary>
public abstract class HubContract : IAsyncLifetime
{
    private IHub hub = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract ValueTask<IHub> OpenAsync();

    /// <summary>After the hub: what was opened around it.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    public async ValueTask InitializeAsync() => hub = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        // Not there where the driver's server is missing.
        if (hub is not null)
        {
            await hub.DisposeAsync();
        }

        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_was_published_is_consumed_in_its_order()
    {
        Assert.True(await hub.PublishAsync([Due(1), Due(2)], Cancellation));
        Assert.True(await hub.PublishAsync([Due(3)], Cancellation));

        Assert.Equal([Due(1), Due(2), Due(3)], await TakeAsync(3));
    }

    [Fact]
    public async Task A_consumer_that_waits_is_woken()
    {
        var taking = TakeAsync(1);
        Assert.False(taking.IsCompleted);

        await hub.PublishAsync([Due(7)], Cancellation);

        Assert.Equal([Due(7)], await taking);
    }

    [Fact]
    public async Task Nothing_published_wakes_nobody()
    {
        await hub.PublishAsync([], Cancellation);
        await hub.PublishAsync([Due(1)], Cancellation);

        await foreach (var batch in hub.ConsumeAsync(Cancellation))
        {
            Assert.Equal([Due(1)], batch.Callbacks);
            break;
        }
    }

    [Fact]
    public async Task Publishers_at_the_same_time_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(publisher => Task.Run(async () =>
        {
            for (var number = 0; number < 500; number++)
            {
                await hub.PublishAsync([Due(publisher * 1000 + number, subscription: publisher)], Cancellation);
            }
        }, Cancellation)));

        var taken = await TakeAsync(4000);
        Assert.Equal(4000, taken.Distinct().Count());
        Assert.All(taken.GroupBy(due => due.Id / 1000), publisher => Assert.Equal(publisher.OrderBy(due => due.Id), publisher));
    }

    [Fact]
    public async Task A_new_hub_is_rebuilt_once()
    {
        await hub.WaitForRebuildAsync(Cancellation);

        Assert.True(hub.TryBeginRebuild());
        Assert.False(hub.TryBeginRebuild());
        Assert.False(hub.WaitForRebuildAsync(Cancellation).AsTask().IsCompleted);
    }

    [Fact]
    public async Task What_is_published_again_is_handed_out()
    {
        Assert.True(await hub.PublishAgainAsync([Due(1), Due(2)], Cancellation));

        await foreach (var batch in hub.ConsumeAsync(Cancellation))
        {
            Assert.Equal([Due(1), Due(2)], batch.Callbacks);
            Assert.Equal(hub.MayRepeat, batch.IsRepeat);
            break;
        }
    }

    [Fact]
    public void A_hub_that_works_has_no_outage() => Assert.Null(hub.Outage);

    [Fact]
    public async Task Everything_that_a_worker_needs_is_handed_out()
    {
        var due = new DueCallback(long.MaxValue, Event: 2, Subscription: 3, Attempts: 4) { Since = 5, Order = long.MinValue };

        await hub.PublishAsync([due], Cancellation);

        Assert.Equal([due], await TakeAsync(1));
    }

    [Fact]
    public async Task Consuming_ends_when_it_is_cancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var consuming = Task.Run(async () =>
        {
            await foreach (var _ in hub.ConsumeAsync(stop.Token))
            {
            }
        }, Cancellation);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => consuming);
    }

    private async Task<IReadOnlyList<DueCallback>> TakeAsync(int count)
    {
        var taken = new List<DueCallback>();
        await foreach (var batch in hub.ConsumeAsync(Cancellation))
        {
            taken.AddRange(batch.Callbacks);
            batch.Settled?.Invoke();
            if (taken.Count >= count)
            {
                break;
            }
        }

        return taken;
    }

    // Of one subscription: between endpoints there is no order to keep.
    private static DueCallback Due(long id, long subscription = 7) => new(id, Event: id + 1, subscription, Attempts: 3);
}

/// <summary>The hub of a single process.</summary>
public sealed class EmbeddedHubContract : HubContract
{
    protected override ValueTask<IHub> OpenAsync() => new(new EmbeddedHub());
}
