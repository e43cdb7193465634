using System.Text;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_key_is_kept_with_its_effect_and_the_second_call_has_none()
    {
        var first = await StageOnceAsync("k");
        await ReopenAsync();
        var second = await StageOnceAsync("k");

        Assert.Null(first.Earlier);
        Assert.Equal(1, Store.Statistics.LastSequence);
        Assert.Equal(AnswerOf(first.Result!), Encoding.UTF8.GetString(second.Earlier!.Answer.Span));
        Assert.Equal(AnswerOf(first.Result!), Encoding.UTF8.GetString((await Store.FindAnswerAsync(Call("k"), Cancellation))!.Answer.Span));
        Assert.Equal(new byte[] { 9 }, second.Earlier.Fingerprint.ToArray());
    }

    [Fact]
    public async Task Of_calls_with_one_key_in_one_commit_one_has_an_effect()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => StageOnceAsync("k"))));

        var first = Assert.Single(outcomes, outcome => outcome.Earlier is null);
        Assert.Equal(1, Store.Statistics.LastSequence);
        Assert.All(outcomes, outcome => Assert.Equal(
            AnswerOf(first.Result!), outcome.Earlier is { } earlier ? Encoding.UTF8.GetString(earlier.Answer.Span) : AnswerOf(outcome.Result!)));
    }

    [Fact]
    public async Task A_key_belongs_to_its_consumer_and_its_operation()
    {
        await StageOnceAsync("k");

        Assert.Null(await Store.FindAnswerAsync(Call("k") with { Consumer = "globex" }, Cancellation));
        Assert.Null(await Store.FindAnswerAsync(Call("k") with { Operation = "subscribe" }, Cancellation));
        Assert.Null((await Store.StageAsync([Content()], Call("k") with { Consumer = "globex" }, Bytes, Cancellation)).Earlier);
    }

    [Fact]
    public async Task A_key_is_forgotten_when_its_time_is_over()
    {
        await StageOnceAsync("k");
        Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await Store.FindAnswerAsync(Call("k"), Cancellation));

        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await Store.FindAnswerAsync(Call("k"), Cancellation));
        Assert.Null((await StageOnceAsync("k")).Earlier);
        Assert.NotNull((await StageOnceAsync("k")).Earlier);
        Assert.Equal(2, Store.Statistics.LastSequence);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_made_leaves_nothing()
    {
        await Assert.ThrowsAsync<FormatException>(async () =>
            await Store.AddSubscriptionAsync(Wish(), Call("k"), _ => throw new FormatException(), Cancellation));

        Assert.Equal(0, Store.Statistics.Subscriptions);
        Assert.Null(await Store.FindAnswerAsync(Call("k"), Cancellation));
        var added = await Store.AddSubscriptionAsync(Wish(), Call("k"), subscription => Encoding.UTF8.GetBytes(subscription.Id), Cancellation);
        Assert.Equal(1, added.Result!.Number);
    }

    private static IdempotentCall Call(string key) => new("acme", "publish", key, new byte[] { 9 }, TimeSpan.FromHours(1));

    private static string AnswerOf(IReadOnlyList<Staged> staged) => string.Join(',', staged.Select(one => one.Id));

    private static ReadOnlyMemory<byte> Bytes(IReadOnlyList<Staged> staged) => Encoding.UTF8.GetBytes(AnswerOf(staged));

    private async Task<Answered<IReadOnlyList<Staged>>> StageOnceAsync(string key) => await Store.StageAsync([Content()], Call(key), Bytes, Cancellation);
}
