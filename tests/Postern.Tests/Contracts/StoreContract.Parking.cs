using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Parked_callbacks_wait_until_their_subscription_is_resumed()
    {
        var subscription = await AddAsync();
        var callback = (await OweAsync(subscription))[0];
        await PauseAsync(subscription);
        await RecordAsync(callback, CallbackOutcome.Parked.Instance, null);
        Assert.Empty(await HandedOutAsync());
        Assert.Empty(await DueAsync(DateTimeOffset.MaxValue));
        Assert.Equal(callback.Id, Assert.Single(await CallbacksAsync(CallbackState.Parked)).Id);
        Assert.Equal(1, Store.Statistics.Pending);
        await ReopenAsync();

        await ResumeAsync(subscription);

        Assert.Equal([Waiting(callback, subscription, Time.GetUtcNow())], await DueAsync());
        Assert.Equal(1, Store.Statistics.Pending);
    }

    [Fact]
    public async Task A_callback_parked_after_the_resume_is_due_at_once()
    {
        var subscription = await AddAsync();
        var callback = (await OweAsync(subscription))[0];
        await PauseAsync(subscription);
        await ResumeAsync(subscription);

        await RecordAsync(callback, CallbackOutcome.Parked.Instance, null);

        Assert.Equal([Waiting(callback, subscription, Time.GetUtcNow())], await DueAsync());
    }

    [Theory]
    [InlineData(SubscriptionState.Disabled)]
    [InlineData(SubscriptionState.Gone)]
    public async Task A_callback_parked_after_the_end_of_its_subscription_is_removed(SubscriptionState state)
    {
        var subscription = await AddAsync();
        var callback = (await OweAsync(subscription))[0];
        await Store.ChangeSubscriptionAsync(subscription.Id, current => current with { State = state }, Cancellation);

        await RecordAsync(callback, CallbackOutcome.Parked.Instance, null);

        Assert.Empty(await CallbacksAsync());
        Assert.Equal(0, Store.Statistics.Pending);
    }

    [Fact]
    public async Task Parking_and_resuming_at_the_same_moment_loses_no_callback()
    {
        var subscription = await AddAsync();
        var callbacks = new List<DueCallback>();
        for (var index = 0; index < 50; index++)
        {
            callbacks.AddRange(await OweAsync(subscription));
        }

        await PauseAsync(subscription);
        var parking = callbacks.Select(callback => Task.Run(() => RecordAsync(callback, CallbackOutcome.Parked.Instance, null)));
        await Task.WhenAll([.. parking, Task.Run(() => ResumeAsync(subscription))]);

        Assert.Equal(callbacks.Select(callback => callback.Id).Order(), (await DueAsync()).Select(callback => callback.Id).Order());
    }

    [Fact]
    public async Task A_receiver_that_is_gone_ends_its_subscription_with_a_reason()
    {
        var subscription = await AddAsync();
        var callback = (await OweAsync(subscription))[0];
        var changes = new List<SubscriptionChange>();
        Store.SubscriptionChanged += changes.Add;

        await RecordAsync(callback, CallbackOutcome.Gone.Instance, Try(AttemptOutcome.Gone, 410));
        await ReopenAsync();

        var found = await Store.FindSubscriptionAsync(subscription.Id, Cancellation);
        Assert.Equal((SubscriptionState.Gone, 2), (found!.State, found.Version));
        Assert.NotNull(found.Reason);
        Assert.Equal(SubscriptionState.Gone, Assert.Single(changes).Subscription.State);
        Assert.Empty(await CallbacksAsync());
        Assert.Equal(0, Store.Statistics.Pending);
    }
}
