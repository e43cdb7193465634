namespace Postern.Gateway.Pipeline;

/// <summary><c>X-Request-Id</c>: the caller's when it is harmless in a log and a header, else a new one.</summary>
internal static class RequestId
{
    public const string Header = "X-Request-Id";
    private const int MaxLength = 128;

    public static bool IsWellFormed(string? value) =>
        value is { Length: > 0 and <= MaxLength } && !value.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>128 random bits in hexadecimal. It names a call and guards nothing: no need to ask the cryptographic generator.</summary>
    public static string Create()
    {
        Span<byte> bits = stackalloc byte[16];
        Random.Shared.NextBytes(bits);
        return Convert.ToHexStringLower(bits);
    }
}
