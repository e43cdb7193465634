using Postern.Configuration.Shapes;

namespace Postern.Configuration.Values;

/// <summary>Secrets of Standard Webhooks 1.0.0, as text: <c>whsec_</c> and base64.</summary>
internal static class WebhookSecrets
{
    private const string Prefix = "whsec_";
    private const int MinBytes = 24;
    private const int MaxBytes = 64;

    public static Parsed<string> Parse(string text) => Decode(text) is null
        ? Parsed.No<string>($"is not a signing secret: write {Prefix} and {MinBytes} to {MaxBytes} random bytes in base64.")
        : text;

    /// <summary>The bytes of a secret; null when it is none.</summary>
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[MaxBytes + 2];
        return text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length <= Prefix.Length + 88
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out var length) && length is >= MinBytes and <= MaxBytes
                ? bytes[..length]
                : null;
    }
}
