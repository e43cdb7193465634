using System.Globalization;
using Postern.Configuration;

namespace Postern.RabbitMq;

/// <summary>How the broker is used.</summary>
internal sealed record RabbitMqOptions
{
    public required HubConfiguration Hub { get; init; }

    /// <summary>Messages that are sent and not confirmed.</summary>
    public int Window { get; init; } = 256;

    /// <summary>From the call to publish to the last confirm: the client alone may wait for ever (its issue 1930).</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long each queue may take to show that it takes messages, before its session counts as open.</summary>
    public TimeSpan ProbeDeadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>To connect, to declare and to consume.</summary>
    public TimeSpan OpenDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Messages of one queue that are handed out and not acknowledged: 29 MB over 16 queues, if all are full.</summary>
    public ushort Prefetch { get; init; } = 128;

    /// <summary>
    /// A message is acknowledged after this time although callbacks of it wait: the broker takes a consumer for dead that leaves one for 30 minutes
    /// (<c>consumer_timeout</c>), and the store has them.
    /// </summary>
    public TimeSpan LongestUnsettled { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between attempts to connect: doubled each time, up to the longest.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What the start of the process waits for the first attempt to connect.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromSeconds(5);

    public string QueueOf(int partition) => string.Create(CultureInfo.InvariantCulture, $"{Hub.Queues}.{partition}");

    public IEnumerable<string> Queues => Enumerable.Range(0, Hub.Partitions).Select(QueueOf);
}
