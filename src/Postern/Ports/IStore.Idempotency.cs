using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>The answer that is kept for a key; null when there is none, or it is older than <see cref="IdempotentCall.Keep"/>.</summary>
    ValueTask<KeptAnswer?> FindAnswerAsync(IdempotentCall call, CancellationToken cancellation);

    /// <summary>
    /// Appends events as <see cref="StageAsync(IReadOnlyList{EventContent}, CancellationToken)"/> does, and keeps the answer in the same
    /// commit. Where an answer is kept for the key already, nothing is changed and that answer is returned.
    /// </summary>
    /// <param name="answer">Makes the bytes to keep of the committed result; called at most once, while the commit is made: it must be pure and quick.</param>
    ValueTask<Answered<IReadOnlyList<Staged>>> StageAsync(
        IReadOnlyList<EventContent> events, IdempotentCall call, Func<IReadOnlyList<Staged>, ReadOnlyMemory<byte>> answer, CancellationToken cancellation);

    /// <summary>Adds a subscription, and keeps the answer in the same commit; as above.</summary>
    ValueTask<Answered<Subscription>> AddSubscriptionAsync(
        Subscription subscription, DateTimeOffset? ownerSince, IdempotentCall call, Func<Subscription, ReadOnlyMemory<byte>> answer, CancellationToken cancellation);
}

/// <summary>A call that its caller may send again without doing it twice.</summary>
/// <param name="Consumer">Who calls; keys of different consumers have nothing to do with each other.</param>
/// <param name="Operation">What is called: <c>publish</c>, <c>subscribe</c>.</param>
/// <param name="Key">The caller's key.</param>
/// <param name="Fingerprint">Hash of everything that makes it the same call.</param>
/// <param name="Keep">How long an answer is kept; an older one counts as none.</param>
public sealed record IdempotentCall(string Consumer, string Operation, string Key, ReadOnlyMemory<byte> Fingerprint, TimeSpan Keep);

/// <summary>What was answered to the first call with a key.</summary>
/// <param name="Fingerprint">Of that first call.</param>
/// <param name="Answer">Opaque to the store.</param>
public sealed record KeptAnswer(ReadOnlyMemory<byte> Fingerprint, ReadOnlyMemory<byte> Answer);

/// <summary>What came of a call with a key: its result, or the answer that was kept before and no effect at all.</summary>
public readonly record struct Answered<T>(T? Result, KeptAnswer? Earlier);
