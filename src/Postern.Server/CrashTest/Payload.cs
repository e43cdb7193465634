using System.Buffers.Text;
using System.Text;

namespace Postern.Server.CrashTest;

/// <summary>The data of an event: a function of its number, so that the receiver knows every byte of it.</summary>
internal static class Payload
{
    private const string Start = "{\"number\":";
    private static readonly string Padding = new('x', 120);

    public static string Of(uint number) => $"{Start}{number},\"id\":\"{number}\",\"padding\":\"{Padding}\"}}";

    /// <summary>The number that a body speaks of; false when it speaks of none.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> body, out uint number)
    {
        number = 0;
        return body.Length > Start.Length && Utf8Parser.TryParse(body[Start.Length..], out number, out _);
    }

    public static bool IsIntact(ReadOnlySpan<byte> body, uint number)
    {
        Span<byte> expected = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(Of(number), expected, out var length) && body.SequenceEqual(expected[..length]);
    }
}
