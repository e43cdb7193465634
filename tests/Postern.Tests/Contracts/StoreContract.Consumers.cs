using Postern.Model;
using Postern.Model.Access;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_consumer_is_kept_as_it_was_made()
    {
        Assert.Equal((0, false), await CountAsync());
        var added = (await Store.AddConsumerAsync(Acme(Key("k1"), Password("alice")), Cancellation))!;
        Assert.Null(await Store.AddConsumerAsync(Acme(), Cancellation));
        await ReopenAsync();

        var found = Assert.Single((await Store.ReadConsumersAsync(Cancellation)).All);
        Assert.Equal((added.Name, added.Operator, Time.GetUtcNow()), (found.Name, found.Operator, found.Created));
        Assert.Equal(["read:/orders"], found.Scopes!);
        Assert.Equal([Key("k1"), Password("alice")], found.Credentials);
    }

    [Fact]
    public async Task A_changed_consumer_is_told_before_the_change_returns()
    {
        await Store.AddConsumerAsync(Acme(Key("k1")), Cancellation);
        ConsumerChange? told = null;
        Store.ConsumerChanged += change => told = change;

        var changed = await Store.ChangeConsumerAsync("acme", consumer => consumer with { Credentials = [Key("k2")], Operator = false }, Cancellation);

        Assert.Equal(["k2"], told!.Consumer!.Credentials.Select(credential => credential.Id));
        Assert.False(changed!.Operator);
        Assert.Null(await Store.ChangeConsumerAsync("nobody", consumer => consumer, Cancellation));
    }

    [Fact]
    public async Task A_change_that_fails_leaves_all_as_it_was()
    {
        await Store.AddConsumerAsync(Acme(Password("alice")), Cancellation);
        await Store.AddConsumerAsync(Acme() with { Name = "globex" }, Cancellation);
        var told = 0;
        Store.ConsumerChanged += _ => told++;

        await Assert.ThrowsAsync<FormatException>(async () => await Store.ChangeConsumerAsync("acme", _ => throw new FormatException(), Cancellation));
        await Assert.ThrowsAnyAsync<Exception>(async () =>
            await Store.ChangeConsumerAsync("globex", consumer => consumer with { Credentials = [Password("alice")] }, Cancellation));

        var all = (await Store.ReadConsumersAsync(Cancellation)).All;
        Assert.Equal(("alice", 0, 0), (Assert.Single(all[0].Credentials).Username, all[1].Credentials.Count, told));
    }

    [Fact]
    public async Task A_removed_consumer_loses_its_credentials_first_and_takes_its_subscriptions_along()
    {
        await Store.AddConsumerAsync(Acme(Key("k1")), Cancellation);
        for (var index = 0; index < 3; index++)
        {
            await AddAsync();
        }

        var other = await AddAsync(Wish(consumer: "globex"));
        var told = new List<ConsumerChange>();
        Store.ConsumerChanged += told.Add;

        Assert.Equal(new ConsumerRemoval(2, More: true), await Store.RemoveConsumerAsync("acme", 2, Cancellation));
        Assert.Empty(Assert.Single((await Store.ReadConsumersAsync(Cancellation)).All).Credentials);
        await ReopenAsync();
        Assert.Equal(new ConsumerRemoval(1, More: false), await Store.RemoveConsumerAsync("acme", 2, Cancellation));
        Assert.Null(await Store.RemoveConsumerAsync("acme", 2, Cancellation));

        Assert.Equal(other.Id, Assert.Single(await Store.ListSubscriptionsAsync(new SubscriptionQuery(), Cancellation)).Id);
        Assert.Empty(Assert.Single(told).Consumer!.Credentials);
    }

    [Fact]
    public async Task A_password_that_was_replaced_is_kept_until_its_time()
    {
        var rotated = Password("alice") with { Replaced = new ReplacedPassword("$old", Time.GetUtcNow().AddHours(1)) };
        await Store.AddConsumerAsync(Acme(rotated), Cancellation);
        await ReopenAsync();

        Assert.Equal(rotated, Assert.Single(Assert.Single((await Store.ReadConsumersAsync(Cancellation)).All).Credentials));
    }

    [Fact]
    public async Task A_subscription_of_a_consumer_that_must_stand_is_added_only_while_it_does()
    {
        var since = (await Store.AddConsumerAsync(Acme(), Cancellation))!.Created;
        await Store.AddSubscriptionAsync(Wish(), since, Cancellation);
        await Store.AddSubscriptionAsync(Wish(), since, Call("first"), static _ => default, Cancellation);

        await Store.RemoveConsumerAsync("acme", 10, Cancellation);
        await Refused();
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await Store.AddConsumerAsync(Acme(), Cancellation);
        await Refused();

        Assert.Equal(0, Store.Statistics.Subscriptions);
        Assert.Null(await Store.FindAnswerAsync(Call("second"), Cancellation));

        async Task Refused()
        {
            await Assert.ThrowsAsync<ConsumerRemovedException>(async () => await Store.AddSubscriptionAsync(Wish(), since, Cancellation));
            await Assert.ThrowsAsync<ConsumerRemovedException>(async () => await Store.AddSubscriptionAsync(Wish(), since, Call("second"), static _ => default, Cancellation));
        }
    }

    [Fact]
    public async Task That_there_were_consumers_is_not_forgotten_with_the_last_of_them()
    {
        await Store.AddConsumerAsync(Acme(), Cancellation);
        await Store.RemoveConsumerAsync("acme", 10, Cancellation);
        await ReopenAsync();

        Assert.Equal((0, true), await CountAsync());
    }

    [Fact]
    public async Task Changes_of_consumers_are_audited_without_what_proves_them()
    {
        using var _ = OnBehalfOf(CallOrigin.Operator, "addCredential");
        await Store.AddConsumerAsync(Acme(Key("k1")), Cancellation);
        await Store.ChangeConsumerAsync("acme", consumer => consumer with { Credentials = [Key("k2")], Scopes = null }, Cancellation);
        await Store.RemoveConsumerAsync("acme", 10, Cancellation);

        var entries = await AuditAsync();
        Assert.All(entries, entry => Assert.Equal((AuditKind.Consumer, "acme"), (entry.Target.Kind, entry.Target.Id)));
        Assert.Equal(["scopes", "credentials.k2", "credentials.k1"], entries[1].Target.Changed);
    }

    private static StoredConsumer Acme(params StoredCredential[] credentials) =>
        new() { Name = "acme", Scopes = ["read:/orders"], Operator = true, Credentials = credentials };

    private static StoredCredential Key(string id) => new()
    {
        Id = id, Kind = CredentialKind.ApiKey, Verifier = "ab12", Created = Made, Expires = Made.AddDays(1), Scopes = null,
    };

    private static StoredCredential Password(string username) => new()
    {
        Id = username, Kind = CredentialKind.Basic, Username = username, Verifier = "$pbkdf2", Created = Made,
    };

    private static DateTimeOffset Made { get; } = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private async Task<(int Count, bool WereAny)> CountAsync()
    {
        var read = await Store.ReadConsumersAsync(Cancellation);
        return (read.All.Count, read.WereAny);
    }
}
