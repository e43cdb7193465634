using Postern.Model;

namespace Postern.Tests.Subscriptions;

public sealed class SubscribeOnceTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task The_same_call_with_its_key_is_answered_alike_with_the_secret_and_the_address()
    {
        var first = (await SubscribeAsync("\"k\"")).Expect(201);
        var again = (await SubscribeAsync("k")).Expect(201);

        Assert.Equal(first.Body.GetRawText(), again.Body.GetRawText());
        Assert.StartsWith("whsec_", again.Text("secret"), StringComparison.Ordinal);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(["true"], again.Headers.GetValues("Idempotent-Replayed"));
        Assert.Equal(1, gateway.Store.Statistics.Subscriptions);
    }

    [Fact]
    public async Task The_kept_answer_does_not_show_the_secret_to_whoever_reads_the_file()
    {
        var secret = (await SubscribeAsync("k")).Expect(201).Text("secret");

        await using var file = new FileStream(Path.Combine(gateway.Folder, "postern.db-wal"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
        Assert.Equal(-1, bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret["whsec_".Length..])));
    }

    [Fact]
    public async Task A_hundred_equal_calls_at_the_same_moment_make_one_subscription()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => SubscribeAsync("k")));

        Assert.Equal(1, gateway.Store.Statistics.Subscriptions);
        Assert.Single(answers.Where(answer => answer.Status == 201).Select(answer => answer.Text("id")).Distinct());
        Assert.All(answers.Where(answer => answer.Status != 201), answer =>
        {
            Assert.Equal("/problems/idempotency-key-in-use", answer.Expect(409).Text("type"));
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
        });
    }

    [Theory]
    [InlineData("/orders/subscribe", "https://receiver.example/other")]
    [InlineData("/orders/42/subscribe", TestGateway.Hook)]
    public async Task Another_call_with_the_key_is_a_422(string path, string callback)
    {
        (await SubscribeAsync("k")).Expect(201);

        var other = (await gateway.PostAsync(path, new { callback }, key: "k")).Expect(422);

        Assert.Equal("/problems/idempotency-key-reused", other.Text("type"));
        Assert.Equal(1, gateway.Store.Statistics.Subscriptions);
    }

    [Fact]
    public async Task Keys_of_two_consumers_have_nothing_to_do_with_each_other()
    {
        (await SubscribeAsync("k")).Expect(201);

        (await gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook }, consumer: "globex", key: "k")).Expect(201);
        Assert.Equal(2, gateway.Store.Statistics.Subscriptions);
    }

    [Fact]
    public async Task A_refused_call_keeps_nothing_and_its_key_is_free()
    {
        (await gateway.PostAsync("/orders/subscribe", new { callback = "nonsense" }, key: "k")).Expect(422);
        gateway.Broken = true;
        (await SubscribeAsync("k")).Expect(503);
        gateway.Broken = false;

        (await SubscribeAsync("k")).Expect(201);
        (await SubscribeAsync("\"unclosed")).Expect(400);
        (await SubscribeAsync("k2")).Expect(409);
        Assert.Equal(SubscriptionState.Active, Assert.Single(await gateway.Store.ListSubscriptionsAsync(new(), TestContext.Current.CancellationToken)).State);
    }

    private Task<Answer> SubscribeAsync(string key) => gateway.PostAsync("/orders/subscribe", new { callback = TestGateway.Hook }, key: key);
}
