using System.Text;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Whatever_a_call_changes_is_in_the_audit_log_with_who_changed_it()
    {
        using var _ = OnBehalfOf("consumer:acme", "subscribe");
        var subscription = await AddAsync();
        await Store.ChangeSubscriptionAsync(
            subscription.Id, current => current with { Callback = "https://example.com/other", State = SubscriptionState.Paused }, Cancellation);
        await AddJobAsync(new JobRequest { Kind = JobKind.Dead, Subscription = JobSubscription.Of(subscription), Consumer = "acme" });
        await Store.RemoveSubscriptionsAsync([subscription.Id], Cancellation);
        var erasure = await Store.OrderErasureAsync(new ErasureOrder("42", null, null), Cancellation);
        await ReopenAsync();

        var entries = await AuditAsync();
        Assert.Equal(
            [AuditKind.Erasure, AuditKind.Subscription, AuditKind.Job, AuditKind.Subscription, AuditKind.Subscription], entries.Select(entry => entry.Target.Kind));
        Assert.All(entries, entry => Assert.Equal(new CallOrigin("consumer:acme", "subscribe", "192.0.2.7", "req-1"), entry.Origin));
        Assert.All(entries, entry => Assert.Equal(Time.GetUtcNow(), entry.At));
        Assert.Equal(["state", "callback"], entries[3].Target.Changed);
        Assert.Equal((subscription.Id, "acme"), (entries[4].Target.Id, entries[4].Target.Consumer));
        Assert.Equal(new AuditTarget(AuditKind.Erasure, erasure.Id), entries[0].Target with { Changed = new AuditTarget(AuditKind.Erasure, "").Changed });
    }

    [Fact]
    public async Task A_dead_callback_that_is_owed_again_is_audited()
    {
        var subscription = await AddAsync();
        var callback = Assert.Single(await OweAsync(subscription));
        await BuryAsync(callback);
        using var _ = OnBehalfOf(CallOrigin.Operator, "replayCallback");
        await Store.ReviveCallbackAsync(callback.Id, Cancellation);
        await Store.ReviveCallbackAsync(callback.Id, Cancellation);

        Assert.Equal(CallbackId.Format(callback.Id), Assert.Single(await AuditAsync()).Target.Id);
    }

    [Fact]
    public async Task What_has_no_effect_leaves_no_entry()
    {
        using var _ = OnBehalfOf(CallOrigin.Operator, "anything");
        await Assert.ThrowsAsync<FormatException>(async () =>
            await Store.AddSubscriptionAsync(Wish(), Call("k"), _ => throw new FormatException(), Cancellation));
        await Store.ChangeSubscriptionAsync("sub_none", current => current, Cancellation);
        await Store.RemoveSubscriptionsAsync(["sub_none"], Cancellation);
        await Store.ChangeJobAsync("job_none", job => job, Cancellation);

        Assert.Empty(await AuditAsync());
        Assert.Equal(0, Store.Statistics.Subscriptions);
    }

    [Fact]
    public async Task A_call_that_is_repeated_with_its_key_is_audited_once()
    {
        using var _ = OnBehalfOf("consumer:acme", "subscribe");
        await Store.AddSubscriptionAsync(Wish(), Call("k"), subscription => Encoding.UTF8.GetBytes(subscription.Id), Cancellation);
        await Store.AddSubscriptionAsync(Wish(), Call("k"), subscription => Encoding.UTF8.GetBytes(subscription.Id), Cancellation);

        Assert.Single(await AuditAsync());
    }

    [Fact]
    public async Task What_nobody_asked_for_is_not_audited()
    {
        var subscription = await AddAsync();
        await OweAsync(subscription);
        await PauseAsync(subscription);

        Assert.Empty(await AuditAsync());
    }

    [Fact]
    public async Task Callers_of_one_commit_are_told_apart()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(async () =>
        {
            using var _ = OnBehalfOf($"consumer:c{number}", "subscribe");
            await AddAsync(Wish(consumer: $"c{number}"));
        })));

        var entries = await AuditAsync();
        Assert.Equal(50, entries.Count);
        Assert.All(entries, entry => Assert.Equal(entry.Origin.Actor, "consumer:" + entry.Target.Consumer));
    }

    [Fact]
    public async Task The_audit_log_is_paged_filtered_and_expires_from_the_front()
    {
        using (OnBehalfOf(CallOrigin.Gateway, "reload"))
        {
            await Store.AuditAsync(new AuditTarget(AuditKind.Configuration, "postern.yaml") { Changed = ["apis.shop"] }, Cancellation);
        }

        Time.Advance(TimeSpan.FromHours(2));
        using var _ = OnBehalfOf(CallOrigin.Operator, "pauseSubscription");
        var subscription = await AddAsync();
        await AddAsync(Wish(consumer: "globex"));

        Assert.Equal([2L, 1], (await AuditAsync(new AuditQuery { Before = 3 })).Select(entry => entry.Number));
        Assert.Equal(3, Assert.Single(await AuditAsync(new AuditQuery { Limit = 1 })).Number);
        Assert.Equal(1, Assert.Single(await AuditAsync(new AuditQuery { Actor = CallOrigin.Gateway })).Number);
        Assert.Equal(1, Assert.Single(await AuditAsync(new AuditQuery { Action = "reload" })).Number);
        Assert.Equal(1, Assert.Single(await AuditAsync(new AuditQuery { Kind = AuditKind.Configuration })).Number);
        Assert.Equal(2, Assert.Single(await AuditAsync(new AuditQuery { Target = subscription.Id })).Number);
        Assert.Equal(3, Assert.Single(await AuditAsync(new AuditQuery { Consumer = "globex" })).Number);

        Assert.Equal(1, await ExpireAsync(ExpiryKind.Audit, Time.GetUtcNow() - TimeSpan.FromHours(1)));
        Assert.Equal([3L, 2], (await AuditAsync()).Select(entry => entry.Number));
    }

    private async Task<IReadOnlyList<AuditEntry>> AuditAsync(AuditQuery? query = null) => await Store.ListAuditAsync(query ?? new AuditQuery(), Cancellation);

    private static Behalf OnBehalfOf(string actor, string action)
    {
        CallOrigin.Current = new CallOrigin(actor, action, "192.0.2.7", "req-1");
        return default;
    }

    private readonly struct Behalf : IDisposable
    {
        public void Dispose() => CallOrigin.Current = null;
    }
}
