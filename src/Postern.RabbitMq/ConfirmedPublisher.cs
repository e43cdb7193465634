using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Postern.RabbitMq;

/// <summary>A message and the queue it goes to.</summary>
internal readonly record struct OutgoingMessage(string Queue, byte[] Body);

/// <summary>
/// Publishes on one channel, and knows of each message what became of it. The window and the deadline are its own: the client's wait for
/// confirms can last for ever, and its limiter slows down long before it is full.
/// </summary>
internal sealed class ConfirmedPublisher : IDisposable
{
    private readonly IChannel channel;
    private readonly RabbitMqOptions options;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, Unconfirmed> unconfirmed = [];
    private readonly SemaphoreSlim window;

    // One writes at a time: what one publishes stands together, and numbers are counted as the broker counts them.
    private readonly SemaphoreSlim door = new(1, 1);
    private readonly CancellationTokenSource ended = new();
    private ulong last;
    private ulong settledUpTo;

    public ConfirmedPublisher(IChannel channel, RabbitMqOptions options, TimeProvider time)
    {
        (this.channel, this.options, this.time, window) = (channel, options, time, new SemaphoreSlim(options.Window, options.Window));
        channel.BasicAcksAsync += (_, told) => Settle(told.DeliveryTag, told.Multiple, failure: null);
        channel.BasicNacksAsync += (_, told) => Settle(told.DeliveryTag, told.Multiple, "The broker refused a message.");
        channel.BasicReturnAsync += (_, told) => Return(told);
    }

    /// <summary>Completes when all of them are confirmed, or when it is known or assumed that one is not.</summary>
    /// <returns>Null: all are. Else what is wrong with the first that is not, and the queues of those without an answer.</returns>
    public async Task<PublishFailure?> PublishAsync(IReadOnlyList<OutgoingMessage> messages, TimeSpan deadline)
    {
        var group = new PublishedGroup(messages.Count);
        try
        {
            using var late = new CancellationTokenSource(deadline, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ended.Token);
            await SendAsync(messages, group, limit.Token);
            var failure = await group.Task.WaitAsync(limit.Token);
            return failure is null ? null : new PublishFailure(failure, []);
        }
        catch (OperationCanceledException)
        {
            var silent = Silent(group);
            return new PublishFailure(
                ended.IsCancellationRequested ? "The connection ended."
                    : string.Create(CultureInfo.InvariantCulture, $"No confirm within {deadline.TotalSeconds:0.#} s from {Name(silent, messages)}."),
                silent);
        }
        catch (Exception exception) when (exception is AlreadyClosedException or OperationInterruptedException or IOException or ObjectDisposedException)
        {
            return new PublishFailure(BrokerFault.Explain(exception), []);
        }
    }

    /// <summary>Nobody waits any more for a channel that has ended.</summary>
    public void End() => _ = ended.CancelAsync();

    public void Dispose()
    {
        ended.Dispose();
        window.Dispose();
        door.Dispose();
    }

    private async Task SendAsync(IReadOnlyList<OutgoingMessage> messages, PublishedGroup group, CancellationToken limit)
    {
        await door.WaitAsync(limit);
        try
        {
            foreach (var message in messages)
            {
                await window.WaitAsync(limit);
                var number = Expect(message.Queue, group);
                var properties = new BasicProperties { Persistent = true, MessageId = number.ToString(CultureInfo.InvariantCulture) };

                // Not cancelled in the middle, which would leave the channel's count apart from the broker's: only not waited for.
                await channel.BasicPublishAsync("", message.Queue, mandatory: true, properties, message.Body, CancellationToken.None)
                    .AsTask().WaitAsync(limit);
            }
        }
        finally
        {
            door.Release();
        }
    }

    private ulong Expect(string queue, PublishedGroup group)
    {
        lock (gate)
        {
            unconfirmed[++last] = new Unconfirmed(queue, group);
            return last;
        }
    }

    private Task Settle(ulong number, bool multiple, string? failure)
    {
        lock (gate)
        {
            for (var one = multiple ? settledUpTo + 1 : number; one <= number; one++)
            {
                if (unconfirmed.Remove(one, out var message))
                {
                    message.Group.Settle(message.Returned ?? failure);
                    window.Release();
                }
            }

            settledUpTo = multiple ? Math.Max(settledUpTo, number) : settledUpTo;
        }

        return Task.CompletedTask;
    }

    // Told before the confirm of the same message, which says no more than that the broker is done with it.
    private Task Return(BasicReturnEventArgs told)
    {
        lock (gate)
        {
            if (ulong.TryParse(told.BasicProperties.MessageId, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && unconfirmed.TryGetValue(number, out var message))
            {
                message.Returned = $"The queue {told.RoutingKey} is not there: the broker returned a message ({told.ReplyText}).";
            }
        }

        return Task.CompletedTask;
    }

    private IReadOnlyList<string> Silent(PublishedGroup group)
    {
        lock (gate)
        {
            return [.. unconfirmed.Values.Where(message => message.Group == group).Select(static message => message.Queue).Distinct()];
        }
    }

    private static string Name(IReadOnlyList<string> silent, IReadOnlyList<OutgoingMessage> messages) => silent.Count switch
    {
        0 => messages[0].Queue,
        <= 3 => string.Join(", ", silent),
        _ => string.Create(CultureInfo.InvariantCulture, $"{silent.Count} queues, {silent[0]} among them"),
    };

    private sealed class Unconfirmed(string queue, PublishedGroup group)
    {
        public string Queue => queue;

        public PublishedGroup Group => group;

        public string? Returned { get; set; }
    }
}

/// <summary>What went wrong with a publish.</summary>
/// <param name="Silent">Queues that gave no answer.</param>
internal sealed record PublishFailure(string Reason, IReadOnlyList<string> Silent);

/// <summary>Messages that were published together.</summary>
internal sealed class PublishedGroup(int messages)
{
    private readonly TaskCompletionSource<string?> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int left = messages;
    private string? first;

    /// <summary>The first failure, when all have their answer; null: none failed.</summary>
    public Task<string?> Task => done.Task;

    public void Settle(string? failure)
    {
        first ??= failure;
        if (--left == 0)
        {
            done.SetResult(first);
        }
    }
}
