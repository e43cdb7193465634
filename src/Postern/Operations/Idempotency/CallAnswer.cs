using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Postern.Operations.Idempotency;

/// <summary>An answer as it is kept and given again: status, <c>Location</c>, and the very bytes of the JSON body.</summary>
internal sealed record CallAnswer(int Status, string? Location, ReadOnlyMemory<byte> Body)
{
    // Version, status, length of Location (all ones: none).
    private const byte Version = 1;
    private const int HeaderBytes = 5;
    private const ushort NoLocation = ushort.MaxValue;

    public static CallAnswer Of<T>(int status, string? location, T body) => new(status, location, JsonSerializer.SerializeToUtf8Bytes(body, Json.Options));

    public byte[] ToBytes()
    {
        var location = Location is null ? [] : Encoding.UTF8.GetBytes(Location);
        var bytes = new byte[HeaderBytes + location.Length + Body.Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), (ushort)Status);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(3), Location is null ? NoLocation : (ushort)location.Length);
        location.CopyTo(bytes, HeaderBytes);
        Body.CopyTo(bytes.AsMemory(HeaderBytes + location.Length));
        return bytes;
    }

    /// <exception cref="InvalidDataException">Written by a newer version.</exception>
    public static CallAnswer Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || bytes.Span[0] != Version)
        {
            throw new InvalidDataException("A kept answer was written by a newer Postern.");
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[3..]);
        var has = length != NoLocation;
        return new CallAnswer(
            BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[1..]),
            has ? Encoding.UTF8.GetString(bytes.Span.Slice(HeaderBytes, length)) : null,
            bytes[(HeaderBytes + (has ? length : 0))..]);
    }

    /// <param name="repeated">It was given before: told by <c>Idempotent-Replayed</c>, the name that clients know from Stripe.</param>
    public Task WriteAsync(HttpResponse response, bool repeated)
    {
        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        if (repeated)
        {
            response.Headers["Idempotent-Replayed"] = "true";
        }

        return response.WriteBytesAsync(Status, Body);
    }
}
