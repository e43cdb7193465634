using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Postern.Egress;
using Postern.Model;
using Postern.Ports;

namespace Postern.Operations.Idempotency;

/// <summary>The calls with an <c>Idempotency-Key</c>: which are under way in this process, and what was answered to those before.</summary>
/// <remarks>The store has the last word: a key is committed with the effect of its call, and never twice. What is kept here saves the work and gives the 409.</remarks>
internal sealed class IdempotentCalls(IStore store, SecretProtector protector)
{
    private readonly ConcurrentDictionary<(string Consumer, string Operation, string Key), ReadOnlyMemory<byte>> underWay = new();

    /// <summary>The header as the reference describes it.</summary>
    public static OperationParameter Parameter { get; } = new(
        IdempotencyKey.Header, "string",
        $"A key of your own for this very call, 1 to {IdempotencyKey.MaxLength} characters, in double quotes (RFC 8941 string) or bare: a UUID is a good one. The same call with the "
        + "same key is done once and answered alike, with Idempotent-Replayed: true, for as long as the operator keeps keys (24 h). Another call with it is a 422; one "
        + "that comes while the first is under way is a 409 with Retry-After. Refused calls (4xx, 503) keep nothing.");

    /// <summary>Begins a call; null when it came without a key. The caller writes <see cref="IdempotentTurn.Earlier"/> where it is set, and disposes.</summary>
    /// <exception cref="ProblemException">400: no valid key; 409: the first call is under way; 422: the key was used for another call.</exception>
    public async ValueTask<IdempotentTurn?> BeginAsync(HttpContext context, Consumer consumer, string operation, ReadOnlyMemory<byte> body)
    {
        if (IdempotencyKey.Read(context.Request.Headers[IdempotencyKey.Header]) is not { } key)
        {
            return null;
        }

        var keep = context.GatewayCall().Configuration.Gateway.Idempotency;
        var call = new IdempotentCall(consumer.Name, operation, key, CallFingerprint.Of(context.Request, consumer.Name, body.Span), keep);
        var name = (call.Consumer, call.Operation, call.Key);
        if (!underWay.TryAdd(name, call.Fingerprint))
        {
            throw underWay.TryGetValue(name, out var first) && !AreEqual(first, call.Fingerprint) ? Problems.KeyReused() : Problems.KeyInUse();
        }

        var turn = new IdempotentTurn(call, protector, () => underWay.TryRemove(name, out _));
        try
        {
            // Looked up after it is known to be the only one: whoever was first has committed by now.
            if (await store.FindAnswerAsync(call, context.RequestAborted) is { } kept)
            {
                turn.Earlier = turn.Open(kept);
            }

            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    internal static bool AreEqual(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => CryptographicOperations.FixedTimeEquals(one.Span, other.Span);
}

/// <summary>One call with a key, from its beginning to its answer.</summary>
internal sealed class IdempotentTurn(IdempotentCall call, SecretProtector protector, Action end) : IDisposable
{
    // Whose it is: an answer copied to another row does not open.
    private readonly string name = $"{call.Operation}\n{call.Consumer}\n{call.Key}";

    public IdempotentCall Call => call;

    /// <summary>What was answered to the first call; null when this is the first.</summary>
    public CallAnswer? Earlier { get; set; }

    /// <summary>The bytes to keep. Sealed: the answer of subscribe holds a signing secret.</summary>
    public ReadOnlyMemory<byte> Seal(CallAnswer answer) => protector.Seal(SecretPurpose.Answer, name, answer.ToBytes());

    /// <exception cref="ProblemException">422: it was kept for another call.</exception>
    public CallAnswer Open(KeptAnswer kept) => IdempotentCalls.AreEqual(kept.Fingerprint, call.Fingerprint)
        ? CallAnswer.Read(protector.Open(SecretPurpose.Answer, name, kept.Answer.Span))
        : throw Problems.KeyReused();

    public void Dispose() => end();
}
