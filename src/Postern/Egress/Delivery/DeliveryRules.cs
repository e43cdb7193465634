using System.Globalization;

namespace Postern.Egress.Delivery;

/// <summary>What credentials towards a receiver may look like. No problem repeats what was given.</summary>
internal static class DeliveryRules
{
    public const int MaxLength = 4 * 1024;
    public const int MaxPemLength = 64 * 1024;
    public const int MaxScopes = 50;

    /// <summary>A token as a header can carry it (RFC 6750 §2.1 allows less, servers give more).</summary>
    public static bool IsToken(string text) => text.Length is > 0 and <= 2 * MaxLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    public static string? TokenProblem(string text) => IsToken(text) && text.Length <= MaxLength
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"must have 1 to {MaxLength} visible ASCII characters.");

    /// <summary>RFC 7617 §2: the colon ends the name.</summary>
    public static string? UsernameProblem(string text) =>
        text.Contains(':', StringComparison.Ordinal) ? "must have no colon: it ends the user name." : TextProblem(text);

    public static string? TextProblem(string text) => text.Length is > 0 and <= MaxLength && !text.Any(char.IsControl)
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"must have 1 to {MaxLength} characters, no control characters among them.");

    /// <summary>RFC 6749 §3.3.</summary>
    public static string? ScopeProblem(string text) =>
        text.Length is > 0 and <= 256 && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny('"', '\\')
            ? null
            : "must have 1 to 256 visible ASCII characters, no quotation mark or backslash among them.";
}
