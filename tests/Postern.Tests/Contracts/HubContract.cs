using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

/// <summary>What every driver of <see cref="IHub"/> does.</summary>
public abstract class HubContract : IAsyncLifetime
{
    private IHub hub = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract ValueTask<IHub> OpenAsync();

    public async ValueTask InitializeAsync() => hub = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_was_published_is_consumed_in_its_order()
    {
        await hub.PublishAsync([Due(1), Due(2)], Cancellation);
        await hub.PublishAsync([Due(3)], Cancellation);

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
            Assert.Equal([Due(1)], batch);
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
                await hub.PublishAsync([Due(publisher * 1000 + number)], Cancellation);
            }
        }, Cancellation)));

        var taken = await TakeAsync(4000);
        Assert.Equal(4000, taken.Distinct().Count());
        Assert.All(taken.GroupBy(due => due.Id / 1000), publisher => Assert.Equal(publisher.OrderBy(due => due.Id), publisher));
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
            taken.AddRange(batch);
            if (taken.Count >= count)
            {
                break;
            }
        }

        return taken;
    }

    private static DueCallback Due(long id) => new(id, Event: id + 1, Subscription: id + 2, Attempts: 3);
}

/// <summary>The hub of a single process.</summary>
public sealed class EmbeddedHubContract : HubContract
{
    protected override ValueTask<IHub> OpenAsync() => new(new EmbeddedHub());
}
