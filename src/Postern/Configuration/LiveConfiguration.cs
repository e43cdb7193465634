using Postern.Ports;

namespace Postern.Configuration;

/// <summary>
/// The configuration that runs now: that of the file, and the consumers that are stored. A request takes <see cref="Current"/> once and keeps it.
/// </summary>
public sealed class LiveConfiguration(PosternConfiguration initial)
{
    private readonly Lock changes = new();
    private volatile PosternConfiguration file = initial;
    private volatile PosternConfiguration current = initial;
    private StoredConsumers stored = StoredConsumers.None;
    private volatile RejectedConfiguration? lastRejected;

    public PosternConfiguration Current => current;

    /// <summary>What the file says, without the consumers that are stored.</summary>
    public PosternConfiguration File => file;

    /// <summary>The last change that was refused; null after one that was taken.</summary>
    public RejectedConfiguration? LastRejected => lastRejected;

    /// <summary>Called after a new configuration was taken, one change at a time and in order. A handler must not change it again.</summary>
    public event Action<PosternConfiguration>? Changed;

    /// <summary>Called after a change was refused.</summary>
    public event Action? Rejected;

    public void Replace(PosternConfiguration configuration)
    {
        lock (changes)
        {
            file = configuration;
            lastRejected = null;
            Take();
        }
    }

    /// <summary>Takes the consumers as they are stored now.</summary>
    public void Enrol(StoredConsumers consumers)
    {
        lock (changes)
        {
            stored = consumers;
            Take();
        }
    }

    /// <summary>Takes one of them as it stands now.</summary>
    public void Enrol(ConsumerChange change)
    {
        lock (changes)
        {
            stored = stored.With(change);
            Take();
        }
    }

    private void Take()
    {
        current = StoredConsumerConfiguration.Join(file, stored);
        Changed?.Invoke(current);
    }

    public void Reject(RejectedConfiguration rejected)
    {
        lock (changes)
        {
            lastRejected = rejected;
            Rejected?.Invoke();
        }
    }
}

/// <summary>A change that was refused and why.</summary>
public sealed record RejectedConfiguration(DateTimeOffset At, IReadOnlyList<ConfigurationError> Errors);

/// <summary>One mistake in the configuration.</summary>
/// <param name="Path">Where in the document: <c>apis.shop.upstream</c>.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Line">Line in the file, from 1; null when it did not come from the file.</param>
/// <param name="Origin">The file, or <c>environment variable NAME</c>, or <c>command line</c>.</param>
public sealed record ConfigurationError(string Path, string Message, int? Line, string Origin)
{
    public override string ToString() => Line is { } line ? $"{Origin}:{line}: {Path}: {Message}" : $"{Origin}: {Path}: {Message}";
}
