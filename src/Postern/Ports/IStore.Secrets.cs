using Postern.Model;

namespace Postern.Ports;

public partial interface IStore
{
    /// <summary>The secrets of one purpose as they stand sealed in the store, by growing number of their rows.</summary>
    ValueTask<IReadOnlyList<SealedRow>> ReadSealedAsync(SecretPurpose purpose, long after, int limit, CancellationToken cancellation);

    /// <summary>
    /// Puts the same secrets, sealed anew, in the place of those that were read, in one commit. Who owns them learns nothing of it. One that
    /// was replaced or removed meanwhile is left alone.
    /// </summary>
    ValueTask ReplaceSealedAsync(SecretPurpose purpose, IReadOnlyList<ResealedSecret> secrets, CancellationToken cancellation);
}

/// <summary>The sealed secrets of one row.</summary>
/// <param name="Number">Number of the row among those of its purpose.</param>
/// <param name="Owner">What they are bound to besides their purpose.</param>
public sealed record SealedRow(long Number, string Owner, IReadOnlyList<ReadOnlyMemory<byte>> Ciphertexts);

/// <param name="Number">Number of the row.</param>
/// <param name="Before">The ciphertext that was read.</param>
/// <param name="After">The one that takes its place.</param>
public readonly record struct ResealedSecret(long Number, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After);
