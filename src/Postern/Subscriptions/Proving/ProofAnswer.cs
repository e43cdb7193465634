namespace Postern.Subscriptions.Proving;

/// <summary>What came of asking a receiver for its consent.</summary>
internal abstract record ProofAnswer
{
    private ProofAnswer()
    {
    }

    /// <param name="Origin">The origin it consented to; null for a challenge.</param>
    /// <param name="Rate">Callbacks a minute it consented to; null: as many as there are.</param>
    internal sealed record Consent(string? Origin, int? Rate) : ProofAnswer;

    /// <param name="Error">Why not, in words for the developer at the other end.</param>
    internal sealed record Refusal(string Error) : ProofAnswer;
}
