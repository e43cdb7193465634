using Postern.Configuration;
using Postern.Egress.Tls;
using Postern.Ports;
using Postern.RabbitMq;
using Postern.Tests.Callbacks;
using RabbitMQ.Client;

namespace Postern.Tests.RabbitMq;

/// <summary>What a real broker does to the hub, and what the hub makes of it.</summary>
[Collection(nameof(RabbitMqCollection))]
public sealed class RabbitMqHubTests(RabbitMqFixture brokers) : IAsyncLifetime
{
    private RabbitMqServer server = null!;
    private HubRig rig = null!;

    // A hub that does not come back is a failure, and not a test that lasts for ever.
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));

    private CancellationToken Cancellation => patience.Token;

    public async ValueTask InitializeAsync()
    {
        server = await brokers.ServerAsync();
        rig = new HubRig(server.Url) { Patience = patience.Token };
    }

    public async ValueTask DisposeAsync()
    {
        await (rig?.DisposeAsync() ?? ValueTask.CompletedTask);
        patience.Dispose();
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_told_and_one_that_was_killed_is_found_again()
    {
        var hub = await rig.OpenAsync(rig.Options with { Hub = rig.Options.Hub with { Partitions = 16 } });
        Assert.True(hub.TryBeginRebuild());
        Assert.True(await hub.PublishAsync([HubRig.Due(1), HubRig.Due(2)], Cancellation));
        await rig.TakeAsync(hub, 2, settle: false);

        // Just declared: the queues stand without a leader when it comes back.
        await server.KillAsync();
        await UntilAwayAsync(hub);
        var late = await rig.OpenAsync();
        Assert.Contains("cannot be reached", late.Outage!.Reason, StringComparison.Ordinal);
        Assert.False(late.TryBeginRebuild());
        Assert.False(await late.PublishAsync([HubRig.Due(3)], Cancellation));
        await rig.CloseAsync(late);
        Assert.False(await hub.PublishAsync([HubRig.Due(3)], Cancellation));
        await server.StartAgainAsync();

        await hub.WaitForRebuildAsync(Cancellation);

        Assert.Null(hub.Outage);
        Assert.True(hub.TryBeginRebuild());
        Assert.True(await hub.PublishAgainAsync([HubRig.Due(1), HubRig.Due(2), HubRig.Due(3)], Cancellation));
        var taken = new List<(long Id, bool IsRepeat)>();
        while (taken.Select(static one => one.Id).Distinct().Count() < 3)
        {
            taken.AddRange((await rig.TakeAsync(hub, 1)).Select(static one => (one.Callback.Id, one.IsRepeat)));
        }

        Assert.All(taken, static one => Assert.True(one.IsRepeat));
    }

    [Fact]
    public async Task A_queue_that_is_taken_away_is_made_again_and_the_hub_asks_for_what_was_in_it()
    {
        var hub = await rig.OpenAsync();
        Assert.True(hub.TryBeginRebuild());
        await using var other = await rig.ConnectAsync();
        await using var channel = await other.CreateChannelAsync(cancellationToken: Cancellation);

        await channel.QueueDeleteAsync(rig.Options.QueueOf(1), ifUnused: false, ifEmpty: false, noWait: false, Cancellation);

        await hub.WaitForRebuildAsync(Cancellation);
        Assert.True(await hub.PublishAsync([.. Enumerable.Range(1, 20).Select(id => HubRig.Due(id, subscription: id))], Cancellation));
        Assert.Equal(20, (await rig.TakeAsync(hub, 20)).Count);
    }

    [Fact]
    public async Task A_broker_short_of_memory_refuses_messages_and_hands_out_those_it_has()
    {
        var hub = await rig.OpenAsync();
        Assert.True(hub.TryBeginRebuild());
        Assert.True(await hub.PublishAsync([HubRig.Due(1)], Cancellation));
        await server.ControlAsync("set_vm_memory_high_watermark", "0");
        try
        {
            Assert.False(await hub.PublishAsync([HubRig.Due(2)], Cancellation));

            Assert.Contains("takes no messages", hub.Outage!.Reason, StringComparison.Ordinal);
            Assert.Contains("memory", hub.Outage.Reason, StringComparison.Ordinal);
            Assert.False(await hub.PublishAsync([HubRig.Due(3)], Cancellation));
            Assert.Equal(1, (await rig.TakeAsync(hub, 1))[0].Callback.Id);
        }
        finally
        {
            await server.ControlAsync("set_vm_memory_high_watermark", "absolute", "1GB");
        }

        await hub.WaitForRebuildAsync(Cancellation);
        Assert.Null(hub.Outage);
        Assert.True(await hub.PublishAgainAsync([HubRig.Due(2), HubRig.Due(3)], Cancellation));
    }

    [Fact]
    public async Task A_broker_that_confirms_nothing_keeps_nobody_beyond_the_deadline()
    {
        var hub = await rig.OpenAsync();
        Assert.True(hub.TryBeginRebuild());
        server.Send(RabbitMqServer.Stop);
        try
        {
            var started = TimeProvider.System.GetTimestamp();

            Assert.False(await hub.PublishAsync([HubRig.Due(1)], Cancellation));

            // A timer counts in whole milliseconds and may ring some before the time by a finer clock.
            Assert.InRange(TimeProvider.System.GetElapsedTime(started), rig.Options.Deadline / 2, rig.Options.Deadline + TimeSpan.FromSeconds(3));
            await UntilAwayAsync(hub);
        }
        finally
        {
            server.Send(RabbitMqServer.Continue);
        }

        await hub.WaitForRebuildAsync(Cancellation);
        Assert.True(await hub.PublishAgainAsync([HubRig.Due(1)], Cancellation));
    }

    [Fact]
    public async Task A_node_that_does_not_use_it_takes_nothing_from_the_one_that_does()
    {
        var waiting = rig.Make();
        var leader = await rig.OpenAsync();
        Assert.True(leader.TryBeginRebuild());
        for (var subscription = 1; subscription <= 8; subscription++)
        {
            Assert.True(await leader.PublishAsync([HubRig.Due(subscription, subscription)], Cancellation));
        }

        Assert.Equal(8, (await rig.TakeAsync(leader, 8)).Count);
        Assert.Contains("does not use it", waiting.Outage!.Reason, StringComparison.Ordinal);

        await rig.CloseAsync(leader);
        await waiting.ConnectAsync(consumes: true, Cancellation);
        await waiting.WaitForRebuildAsync(Cancellation);
        Assert.True(waiting.TryBeginRebuild());
        Assert.True(await waiting.PublishAgainAsync([HubRig.Due(9)], Cancellation));
        Assert.Equal(9, (await rig.TakeAsync(waiting, 1))[0].Callback.Id);
    }

    [Fact]
    public async Task A_node_that_only_publishes_takes_nothing_from_the_one_that_consumes()
    {
        var publishes = await rig.OpenAsync(consumes: false);
        var consumes = await rig.OpenAsync();
        Assert.True(publishes.TryBeginRebuild());
        for (var subscription = 1; subscription <= 8; subscription++)
        {
            Assert.True(await publishes.PublishAsync([HubRig.Due(subscription, subscription)], Cancellation));
        }

        Assert.Equal(8, (await rig.TakeAsync(consumes, 8)).Count);
    }

    [Fact]
    public async Task A_message_that_is_returned_or_refused_is_a_failure()
    {
        await using var connection = await rig.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), Cancellation);
        using var publisher = new ConfirmedPublisher(channel, rig.Options, TimeProvider.System);
        var full = $"{rig.Options.Hub.Queues}.full";
        await channel.QueueDeclareAsync(
            full, durable: false, exclusive: false, autoDelete: true, new Dictionary<string, object?> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" },
            cancellationToken: Cancellation);

        var returned = await publisher.PublishAsync([new OutgoingMessage("nowhere", [1])], rig.Options.Deadline);
        var taken = await publisher.PublishAsync([new OutgoingMessage(full, [1])], rig.Options.Deadline);
        var refused = await publisher.PublishAsync([new OutgoingMessage(full, [2])], rig.Options.Deadline);

        Assert.Contains("nowhere is not there", returned!.Reason, StringComparison.Ordinal);
        Assert.Null(taken);
        Assert.Contains("refused", refused!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_settled_goes_to_the_next_owner_and_what_was_does_not()
    {
        var first = await rig.OpenAsync();
        Assert.True(await first.PublishAsync([HubRig.Due(1)], Cancellation));
        Assert.True(await first.PublishAsync([HubRig.Due(2)], Cancellation));
        await rig.TakeAsync(first, 1, settle: true);
        await rig.TakeAsync(first, 1, settle: false);
        await rig.CloseAsync(first);

        var second = await rig.OpenAsync();

        Assert.Equal([(HubRig.Due(2), true)], await rig.TakeAsync(second, 1));
    }

    [Fact]
    public async Task Callbacks_that_come_together_share_messages()
    {
        var hub = await rig.OpenAsync();

        await hub.PublishAsync([.. Enumerable.Range(1, 1_000).Select(id => HubRig.Due(id, subscription: 1))], Cancellation);

        var batches = new List<int>();
        await foreach (var batch in hub.ConsumeAsync(Cancellation))
        {
            batches.Add(batch.Callbacks.Count);
            if (batches.Sum() == 1_000)
            {
                break;
            }
        }

        Assert.Equal([256, 256, 256, 232], batches);
    }

    [Fact]
    public async Task A_password_that_the_broker_refuses_is_told_without_it()
    {
        await using var wrong = new HubRig(server.Url.Replace("guest:guest", "guest:wrong-secret", StringComparison.Ordinal));

        var hub = await wrong.OpenAsync();

        Assert.Contains("user name or the password", hub.Outage!.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", hub.Outage.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_TLS_the_brokers_certificate_must_be_of_an_authority_that_is_trusted()
    {
        await using var strangers = new HubRig(server.TlsUrl);
        await using var trusting = new HubRig(server.TlsUrl, new HubConfiguration
        {
            Authorities = AuthoritySet.Read(await File.ReadAllTextAsync(server.AuthorityFile, Cancellation)).Authorities,
        });

        var refused = await strangers.OpenAsync();
        var taken = await trusting.OpenAsync();

        Assert.StartsWith("TLS with the broker failed", refused.Outage!.Reason, StringComparison.Ordinal);
        Assert.Null(taken.Outage);
        Assert.True(await taken.PublishAsync([HubRig.Due(1)], Cancellation));
    }

    [Fact]
    public async Task A_queue_of_another_kind_is_named_and_left_alone()
    {
        await using var other = await rig.ConnectAsync();
        await using var channel = await other.CreateChannelAsync(cancellationToken: Cancellation);
        await channel.QueueDeclareAsync(rig.Options.QueueOf(0), durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancellation);

        var hub = await rig.OpenAsync();

        Assert.Contains("is of another kind", hub.Outage!.Reason, StringComparison.Ordinal);
        Assert.Contains(rig.Options.QueueOf(0), hub.Outage.Reason, StringComparison.Ordinal);
        await channel.QueueDeleteAsync(rig.Options.QueueOf(0), ifUnused: false, ifEmpty: false, noWait: false, Cancellation);
        await hub.WaitForRebuildAsync(Cancellation);
    }

    private static Task UntilAwayAsync(IHub hub) => Until.TrueAsync(() => hub.Outage is not null);
}
