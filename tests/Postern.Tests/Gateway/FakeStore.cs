using System.Collections.Concurrent;
using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Gateway;

/// <summary>A store that keeps staged events in memory and can be made to fail or to wait.</summary>
internal sealed class FakeStore : StoreStub
{
    private readonly ConcurrentQueue<EventContent> staged = new();

    public IReadOnlyCollection<EventContent> Staged => staged;

    public bool Fails { get; set; }

    /// <summary>Staging waits for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Completes when something is to be staged.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async ValueTask<IReadOnlyList<Staged>> StageAsync(IReadOnlyList<EventContent> events, CancellationToken cancellation)
    {
        Asked.TrySetResult();
        await Gate;
        if (Fails)
        {
            throw new StoreUnavailableException("disk full at /secret/place");
        }

        foreach (var content in events)
        {
            staged.Enqueue(content);
        }

        return [.. events.Select((_, index) => new Staged(EventId.Create(index + 1), index + 1, false))];
    }
}
