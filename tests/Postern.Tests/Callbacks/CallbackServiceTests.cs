using Postern.Callbacks.Lanes;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Tests.Callbacks;

public sealed class CallbackServiceTests
{
    private static readonly CallbacksConfiguration Quick = new()
    {
        Retry = new RetrySettings
        {
            Schedule = [TimeSpan.Zero, TimeSpan.FromMilliseconds(20)], Jitter = 0, GiveUpAfter = TimeSpan.FromMilliseconds(500),
        },
    };

    private static readonly CallbacksConfiguration Patient = new()
    {
        Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromHours(1)] },
    };

    [Fact]
    public async Task A_callback_that_fails_is_sent_again_until_it_is_dead()
    {
        await using var receiver = RawReceiver.Answering(500);
        await using var rig = new CallbackRig(Quick);
        await rig.StartAsync();

        var callback = await rig.CallAsync(rig.Subscribe(receiver.Url));
        var @event = await rig.Store.ReadEventAsync(callback.Event, TestContext.Current.CancellationToken);

        await Until.TrueAsync(() => rig.Store.Owed == 0);
        var results = rig.Store.Results.ToList();
        Assert.All(results[..^1], result => Assert.IsType<CallbackOutcome.RetryAt>(result.Outcome));
        Assert.Equal(
            $"{results.Count} attempts failed in 500ms. The last one: The receiver answered 500.",
            Assert.IsType<CallbackOutcome.Dead>(results[^1].Outcome).Reason);
        var end = @event!.Staged.AddMilliseconds(500);
        Assert.All(results[..^1], result => Assert.True(((CallbackOutcome.RetryAt)result.Outcome).Due <= end));
        Assert.True(results[^1].Attempt!.At + results[^1].Attempt!.Duration >= end);
        Assert.Single(receiver.Requests.Select(request => Header(request, "webhook-id")).Distinct());
    }

    [Fact]
    public async Task Gone_ends_a_callback_at_once()
    {
        await using var receiver = RawReceiver.Answering(410);
        await using var rig = new CallbackRig(Quick);
        await rig.StartAsync();

        await rig.CallAsync(rig.Subscribe(receiver.Url));

        Assert.IsType<CallbackOutcome.Gone>(Assert.Single(await rig.ResultsAsync(1)).Outcome);
    }

    [Fact]
    public async Task A_hanging_endpoint_takes_nothing_from_another()
    {
        await using var rig = new CallbackRig(Patient);
        await using var hanging = RawReceiver.Silent();
        await using var healthy = RawReceiver.Answering(204);
        await rig.StartAsync();
        var (stuck, fine) = (rig.Subscribe(hanging.Url), rig.Subscribe(healthy.Url));
        for (var call = 0; call < 200; call++)
        {
            await rig.CallAsync(stuck);
        }

        await Until.TrueAsync(() => hanging.Connections == 1);
        for (var call = 0; call < 200; call++)
        {
            await rig.CallAsync(fine);
        }

        Assert.All(await rig.ResultsAsync(200), result => Assert.Equal(fine.Number, result.Callback.Subscription));
        Assert.Equal(1, hanging.Connections);
        var status = Assert.Single(rig.Board.Read(), lane => lane.Endpoint == $"http://127.0.0.1:{hanging.Port}");
        Assert.Equal((199, 1, 1), (status.Waiting, status.InFlight, status.Window));
    }

    [Fact]
    public async Task The_callbacks_of_an_endpoint_are_sent_in_order()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient with { Concurrency = 1 });
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);
        var callbacks = Enumerable.Range(0, 100).Select(number => rig.Store.Owe(rig.AddEvent($"{number}"), subscription)).ToList();

        await rig.PublishAsync(callbacks);

        Assert.Equal(callbacks, (await rig.ResultsAsync(100)).Select(result => result.Callback));
        Assert.Equal(Enumerable.Range(0, 100).Select(number => $"{number}"), receiver.Requests.Select(Body));
    }

    [Fact]
    public async Task A_healthy_endpoint_gets_a_wider_window()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient with { Concurrency = 8 });
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);

        await rig.PublishAsync([.. Enumerable.Range(0, 50).Select(_ => rig.Store.Owe(rig.AddEvent(), subscription))]);

        await rig.ResultsAsync(50);
        Assert.Equal(8, Assert.Single(rig.Board.Read()).Window);
        Assert.InRange(receiver.Connections, 2, 8);
    }

    [Fact]
    public async Task Unsubscribed_endpoint_gets_no_callback_after_the_202()
    {
        var answering = new SemaphoreSlim(0);
        await using var receiver = new RawReceiver(async (stream, _, cancellation) =>
        {
            await answering.WaitAsync(cancellation);
            await stream.WriteAsync("HTTP/1.1 204 X\r\n\r\n"u8.ToArray(), cancellation);
        });
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);
        for (var call = 0; call < 20; call++)
        {
            await rig.CallAsync(subscription);
        }

        await Until.TrueAsync(() => receiver.Requests.Count == 1);
        rig.Store.Remove(subscription);
        answering.Release(20);

        var results = await rig.ResultsAsync(20);
        Assert.Single(receiver.Requests);
        Assert.Equal(19, results.Count(result => result is { Outcome: CallbackOutcome.Dropped, Attempt: null }));
    }

    [Fact]
    public async Task An_attempt_that_still_waits_for_its_connection_is_taken_back_by_unsubscribing()
    {
        var (dialling, resolved) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient, change: services => services.Resolve(async () =>
        {
            dialling.SetResult();
            await resolved.Task;
        }));
        await rig.StartAsync();
        var subscription = rig.Subscribe($"http://receiver.test:{receiver.Port}/");
        await rig.CallAsync(subscription);

        await dialling.Task;
        rig.Store.Remove(subscription);
        resolved.SetResult();

        Assert.IsType<CallbackOutcome.Dropped>(Assert.Single(await rig.ResultsAsync(1)).Outcome);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_paused_subscription_keeps_its_callbacks_until_it_is_resumed()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url, state: SubscriptionState.Paused);
        await rig.CallAsync(subscription);
        Assert.IsType<CallbackOutcome.Parked>(Assert.Single(await rig.ResultsAsync(1)).Outcome);
        Assert.Empty(receiver.Requests);

        rig.Store.Change(subscription, paused => paused with { State = SubscriptionState.Active });

        Assert.IsType<CallbackOutcome.Delivered>((await rig.ResultsAsync(2))[1].Outcome);
    }

    [Fact]
    public async Task A_callback_that_is_parked_while_its_subscription_is_resumed_is_sent_all_the_same()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url, state: SubscriptionState.Paused);
        rig.Store.BeforeRecord = async () =>
        {
            rig.Store.BeforeRecord = null;
            var claims = rig.Store.Claims;
            rig.Store.Change(subscription, paused => paused with { State = SubscriptionState.Active });
            await Until.TrueAsync(() => rig.Store.Claims > claims);
        };

        await rig.CallAsync(subscription);

        Assert.IsType<CallbackOutcome.Delivered>((await rig.ResultsAsync(2))[1].Outcome);
    }

    [Fact]
    public async Task A_callback_that_is_parked_while_its_subscription_is_resumed_and_ended_is_struck_off()
    {
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe("http://127.0.0.1:9/", state: SubscriptionState.Paused);
        rig.Store.BeforeRecord = async () =>
        {
            rig.Store.BeforeRecord = null;
            var claims = rig.Store.Claims;
            rig.Store.Change(subscription, paused => paused with { State = SubscriptionState.Active });
            await Until.TrueAsync(() => rig.Store.Claims > claims);
        };
        rig.Store.AfterRecord = () =>
        {
            rig.Store.AfterRecord = null;
            rig.Store.Change(subscription, active => active with { State = SubscriptionState.Gone });
        };

        await rig.CallAsync(subscription);

        Assert.IsType<CallbackOutcome.Dropped>((await rig.ResultsAsync(2))[1].Outcome);
    }

    [Fact]
    public async Task The_callbacks_of_a_removed_subscription_are_struck_off()
    {
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe("http://127.0.0.1:9/");
        rig.Store.Remove(subscription);

        await rig.PublishAsync([.. Enumerable.Range(0, 100).Select(_ => rig.Store.Owe(rig.AddEvent(), subscription))]);

        Assert.All(await rig.ResultsAsync(100), result => Assert.IsType<CallbackOutcome.Dropped>(result.Outcome));
        Assert.Empty(rig.Board.Read());
    }

    [Fact]
    public async Task The_callbacks_of_a_disabled_subscription_are_dead_and_kept_for_replay()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();

        await rig.CallAsync(rig.Subscribe(receiver.Url, state: SubscriptionState.Disabled));

        Assert.IsType<CallbackOutcome.Dead>(Assert.Single(await rig.ResultsAsync(1)).Outcome);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task The_callbacks_of_a_subscription_that_is_gone_are_dropped()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();

        await rig.CallAsync(rig.Subscribe(receiver.Url, state: SubscriptionState.Gone));

        Assert.IsType<CallbackOutcome.Dropped>(Assert.Single(await rig.ResultsAsync(1)).Outcome);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_changed_callback_url_counts_for_what_is_owed_already()
    {
        var answering = new SemaphoreSlim(0);
        await using var old = new RawReceiver(async (stream, _, cancellation) =>
        {
            await answering.WaitAsync(cancellation);
            await stream.WriteAsync("HTTP/1.1 204 X\r\n\r\n"u8.ToArray(), cancellation);
        });
        await using var other = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe(old.Url);
        await rig.CallAsync(subscription);
        await rig.CallAsync(subscription);
        await Until.TrueAsync(() => old.Requests.Count == 1);

        rig.Store.Change(subscription, moved => moved with { Callback = other.Url });
        answering.Release();

        // The lane goes on at the answer: whether that or the second callback's change of queue is recorded first is open.
        var results = await rig.ResultsAsync(3);
        var changed = Assert.Single(results, result => result.Attempt is null);
        var delivered = Assert.Single(results, result => result.Attempt is { Address: { } address } && other.Url.Contains(address, StringComparison.Ordinal));
        Assert.Equal(delivered.Callback.Queue, changed.Queue);
        Assert.Single(old.Requests);
        Assert.Single(other.Requests);
    }

    [Fact]
    public async Task An_attempt_is_recorded_when_the_store_is_back_and_is_not_sent_again()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        rig.Store.FailRecords = 3;
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);

        await rig.CallAsync(subscription);
        await rig.CallAsync(subscription);

        Assert.All(await rig.ResultsAsync(2), result => Assert.IsType<CallbackOutcome.Delivered>(result.Outcome));
        Assert.Equal(2, receiver.Requests.Count);
        Assert.Equal(0, rig.Store.Owed);
    }

    [Fact]
    public async Task An_error_that_nobody_foresaw_owes_the_callback_again_later()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        // The dispatch and the worker meet it.
        var failures = 2;
        rig.Store.WhileReading = () => Interlocked.Decrement(ref failures) >= 0 ? throw new InvalidDataException("poison") : Task.CompletedTask;
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);

        await rig.CallAsync(subscription);
        var postponed = Assert.Single(await rig.ResultsAsync(1));
        await rig.CallAsync(subscription);

        Assert.IsType<CallbackOutcome.RetryAt>(postponed.Outcome);
        Assert.Null(postponed.Attempt);
        Assert.IsType<CallbackOutcome.Delivered>((await rig.ResultsAsync(2))[1].Outcome);
        Assert.Equal(1, rig.Store.Owed);
    }

    [Fact]
    public async Task What_was_handed_out_before_a_start_is_sent_once()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        var subscription = rig.Subscribe(receiver.Url);
        var callbacks = Enumerable.Range(0, 30).Select(_ => rig.Store.Owe(rig.AddEvent(), subscription)).ToList();

        await rig.StartAsync();
        await rig.CallAsync(subscription);

        var sent = (await rig.ResultsAsync(31)).Select(result => result.Callback.Id).ToList();
        Assert.Equal(31, sent.Distinct().Count());
        Assert.Equal(31, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_stop_lets_attempts_under_way_finish_and_starts_no_more()
    {
        var answering = new SemaphoreSlim(0);
        await using var receiver = new RawReceiver(async (stream, _, cancellation) =>
        {
            await answering.WaitAsync(cancellation);
            await stream.WriteAsync("HTTP/1.1 204 X\r\n\r\n"u8.ToArray(), cancellation);
        });
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);
        await rig.CallAsync(subscription);
        await rig.CallAsync(subscription);
        await Until.TrueAsync(() => receiver.Requests.Count == 1);

        var stopping = rig.StopAsync();
        Assert.False(stopping.IsCompleted);
        answering.Release(2);
        await stopping;

        Assert.IsType<CallbackOutcome.Delivered>(Assert.Single(rig.Store.Results).Outcome);
        Assert.Single(receiver.Requests);
        Assert.Equal(1, rig.Store.Owed);
    }

    [Fact]
    public async Task An_event_that_is_not_kept_any_more_makes_its_callback_dead()
    {
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe("http://127.0.0.1:9/");
        var forgotten = rig.AddEvent();
        rig.Store.Forget(forgotten);

        await rig.PublishAsync(rig.Store.Owe(forgotten, subscription));

        Assert.IsType<CallbackOutcome.Dead>(Assert.Single(await rig.ResultsAsync(1)).Outcome);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_opened_is_an_error_of_the_attempt_and_nothing_is_sent()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Store.Add(CallbackRig.Describe(receiver.Url) with { Id = "sub_other" });

        await rig.CallAsync(subscription);

        var result = Assert.Single(await rig.ResultsAsync(1));
        Assert.IsType<CallbackOutcome.RetryAt>(result.Outcome);
        Assert.Contains("could not make this callback", result.Attempt!.Error, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_callback_that_was_given_up_by_an_idle_lane_finds_a_new_one()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig(Patient);
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);
        await rig.CallAsync(subscription);
        await rig.ResultsAsync(1);
        var lanes = rig.Get<EndpointLanes>();
        await Until.TrueAsync(() => lanes.InFlight == 0);

        lanes.Sweep(TimeSpan.Zero);
        Assert.Equal(0, lanes.Count);
        Assert.Empty(rig.Board.Read());
        await rig.CallAsync(subscription);

        await rig.ResultsAsync(2);
    }

    private static string? Header(string request, string name) =>
        request.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    private static string Body(string request) => request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}
