using System.Buffers;

namespace Postern.Configuration.Values;

/// <summary>The names of what a signature of a request can cover (RFC 9421 §2).</summary>
internal static class SignatureComponents
{
    private static readonly SearchValues<char> FieldLetters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");

    /// <summary>What is made of the whole request line (§2.2).</summary>
    public static IReadOnlyList<string> Derived { get; } = ["@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"];

    /// <summary>Whether it can be a header field: they are written in small letters (§2.1).</summary>
    public static bool IsField(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(FieldLetters);
}
