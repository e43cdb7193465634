using Postern.Model;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Of_each_queue_the_receiver_that_is_to_be_asked_first_is_listed()
    {
        await AddPendingAsync("https://one.example/a", TimeSpan.FromSeconds(2));
        var first = await AddPendingAsync("https://one.example/b", TimeSpan.FromSeconds(1));
        var second = await AddPendingAsync("https://two.example/a", TimeSpan.FromSeconds(3));
        await AddPendingAsync("https://three.example/a", TimeSpan.FromSeconds(30));
        await AddAsync(Wish(callback: "https://four.example/a"));

        var now = Time.GetUtcNow().AddSeconds(10);
        var all = await Store.ListProofsDueAsync(now, 0, 10, Cancellation);
        var page = await Store.ListProofsDueAsync(now, 0, 1, Cancellation);
        var next = await Store.ListProofsDueAsync(now, page[0].Queue, 1, Cancellation);

        Assert.Equal([first.Id, second.Id], all.Select(one => one.Id));
        Assert.Equal([first.Id, second.Id], page.Concat(next).Select(one => one.Id));
        Assert.Equal(first.Proof, all[0].Proof);
        Assert.Empty(await Store.ListProofsDueAsync(Time.GetUtcNow(), 0, 10, Cancellation));
    }

    [Theory]
    [InlineData(SubscriptionState.Active, true)]
    [InlineData(SubscriptionState.Pending, true)]
    [InlineData(SubscriptionState.Paused, false)]
    [InlineData(SubscriptionState.Disabled, false)]
    [InlineData(SubscriptionState.Gone, false)]
    public async Task Nobody_is_asked_for_one_that_sends_nothing_and_a_restart_forgets_no_question(SubscriptionState state, bool asked)
    {
        var added = await AddPendingAsync("https://one.example/a", TimeSpan.Zero);
        await Store.ChangeSubscriptionAsync(added.Id, current => current with { State = state }, Cancellation);
        await ReopenAsync();

        var due = await Store.ListProofsDueAsync(Time.GetUtcNow(), 0, 10, Cancellation);

        Assert.Equal(asked, due.Count == 1);
    }

    [Fact]
    public async Task What_was_kept_while_a_subscription_was_pending_is_due_when_it_becomes_active_and_goes_when_its_receiver_refuses()
    {
        var proved = await AddPendingAsync("https://one.example/a", TimeSpan.Zero);
        var refused = await AddPendingAsync("https://two.example/a", TimeSpan.Zero);
        foreach (var callback in await OweAsync(proved, refused))
        {
            await RecordAsync(callback, CallbackOutcome.Parked.Instance, null);
        }

        await ResumeAsync(proved);
        await Store.ChangeSubscriptionAsync(refused.Id, current => current with { State = SubscriptionState.Gone }, Cancellation);

        Assert.Equal(proved.Number, Assert.Single(await DueAsync()).Subscription);
        Assert.Equal(1, Store.Statistics.Pending);
    }

    private Task<Subscription> AddPendingAsync(string callback, TimeSpan due) => AddAsync(Wish(callback: callback) with
    {
        State = SubscriptionState.Pending, Proof = Proof.Wanted(Time.GetUtcNow() + due),
    });
}
