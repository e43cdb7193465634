using Postern.Model;
using Postern.Model.Access;
using Postern.Ports;

namespace Postern.Tests;

/// <summary>A store of which a test gives the methods it needs; every other call fails.</summary>
internal abstract class StoreStub : IStore
{
    public virtual event Action<SubscriptionChange>? SubscriptionChanged
    {
        add { }
        remove { }
    }

    public virtual StoreStatistics Statistics { get => throw NotCalled(); set => throw NotCalled(); }

    public virtual ValueTask<IReadOnlyList<Staged>> StageAsync(IReadOnlyList<EventContent> events, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Event>> ReadEventsAsync(long after, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask WaitForEventsAsync(long after, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Event?> ReadEventAsync(long sequence, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Event?> FindEventAsync(string id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<long> ReadCursorAsync(CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<DueCallback>> CommitMatchesAsync(long from, long to, IReadOnlyList<Match> matches, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<DueCallback>> ReadHandedOutAsync(long after, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<DueCallback?> RecordAsync(CallbackResult result, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Revived> ReviveCallbackAsync(long id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription> AddSubscriptionAsync(Subscription subscription, DateTimeOffset? ownerSince, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription?> ChangeSubscriptionAsync(string id, Func<Subscription, Subscription?> change, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Subscription>> RemoveSubscriptionsAsync(IReadOnlyList<string> ids, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription?> FindSubscriptionAsync(string id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription?> FindOwnSubscriptionAsync(string id, string consumer, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription?> ReadSubscriptionAsync(long number, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Event>> ListEventsAsync(EventQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<CallbackPage> ListCallbacksAsync(CallbackQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<AttemptEntry>> ListAttemptsAsync(AttemptQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Callback?> FindDeadAsync(long id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<OwedCount> CountOwedAsync(long subscription, int queue, int most, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<QueueBacklog>> ReadQueuesAsync(int after, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Backlog> ReadBacklogAsync(int queue, DateTimeOffset now, DateTimeOffset latest, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask DeferAsync(IReadOnlyList<DueCallback> callbacks, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<FailingSubscription>> ListFailingAsync(long after, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Failing?> ReadFailingAsync(long subscription, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Subscription?> ChangeSubscriptionAsync(string id, Func<Subscription, Subscription?> change, Func<Subscription, IReadOnlyList<EventContent>> announce, CancellationToken cancellation) => throw NotCalled();

    public virtual event Action? JobsChanged
    {
        add { }
        remove { }
    }

    public virtual ValueTask<Job?> AddJobAsync(JobRequest request, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Job?> ChangeJobAsync(string id, Func<Job, Job?> change, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Job?> FindJobAsync(string id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Job>> ListJobsAsync(JobQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<JobProgress?> StepJobAsync(JobStep step, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<DueCallback>> ReadDeadAsync(DeadQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<EventFate>> ReadFatesAsync(FateQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<KeptAnswer?> FindAnswerAsync(IdempotentCall call, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Answered<IReadOnlyList<Staged>>> StageAsync(IReadOnlyList<EventContent> events, IdempotentCall call, Func<IReadOnlyList<Staged>, ReadOnlyMemory<byte>> answer, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Answered<Subscription>> AddSubscriptionAsync(Subscription subscription, DateTimeOffset? ownerSince, IdempotentCall call, Func<Subscription, ReadOnlyMemory<byte>> answer, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<ExpiryStep> ExpireAsync(ExpiryKind kind, DateTimeOffset before, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<StoreSize> ReadSizeAsync(CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Erasure> OrderErasureAsync(ErasureOrder order, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Erasure?> FindErasureAsync(string id, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<Erasure?> NextErasureAsync(CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<ErasureStep> EraseAsync(string id, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<Subscription>> ListProofsDueAsync(DateTimeOffset now, int afterQueue, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<SealedRow>> ReadSealedAsync(SecretPurpose purpose, long after, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask ReplaceSealedAsync(SecretPurpose purpose, IReadOnlyList<ResealedSecret> secrets, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask AuditAsync(AuditTarget target, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<AuditEntry>> ListAuditAsync(AuditQuery query, CancellationToken cancellation) => throw NotCalled();

    public virtual event Action<ConsumerChange>? ConsumerChanged
    {
        add { }
        remove { }
    }

    public virtual ValueTask<StoredConsumers> ReadConsumersAsync(CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<StoredConsumer?> AddConsumerAsync(StoredConsumer consumer, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<StoredConsumer?> ChangeConsumerAsync(string name, Func<StoredConsumer, StoredConsumer?> change, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<ConsumerRemoval?> RemoveConsumerAsync(string name, int limit, CancellationToken cancellation) => throw NotCalled();

    public virtual bool Leads(Duty duty) => throw NotCalled();

    public virtual ValueTask LeadAsync(Duty duty, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask<IReadOnlyList<CredentialUse>> ReadUsesAsync(CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask WriteUsesAsync(IReadOnlyList<CredentialUse> uses, IReadOnlyList<CredentialName> forgotten, CancellationToken cancellation) => throw NotCalled();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static NotSupportedException NotCalled() => new("This test's store does not answer this call.");
}
