using System.Buffers.Binary;
using Postern.Model;

namespace Postern.RabbitMq;

/// <summary>
/// The body of a message: version, flags, and 44 bytes for each callback, little-endian. Ids and numbers alone: no address, no secret, no data of
/// an event leaves the store by the broker.
/// </summary>
internal static class CallbackMessage
{
    /// <summary>Callbacks in one message: 11 KiB.</summary>
    public const int Most = 256;

    private const byte Version = 1;
    private const byte Again = 1;
    private const int Head = 2;
    private const int Size = 44;

    /// <param name="again">They may have been published before.</param>
    public static byte[] Write(ReadOnlySpan<DueCallback> callbacks, bool again)
    {
        var body = new byte[Head + callbacks.Length * Size];
        (body[0], body[1]) = (Version, again ? Again : (byte)0);
        var rest = body.AsSpan(Head);
        foreach (var callback in callbacks)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, callback.Id);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], callback.Event);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], callback.Subscription);
            BinaryPrimitives.WriteInt64LittleEndian(rest[24..], callback.Since);
            BinaryPrimitives.WriteInt64LittleEndian(rest[32..], callback.Order);
            BinaryPrimitives.WriteInt32LittleEndian(rest[40..], callback.Attempts);
            rest = rest[Size..];
        }

        return body;
    }

    /// <summary>Null: it is none, or of a version that is not known here.</summary>
    public static (DueCallback[] Callbacks, bool Again)? Read(ReadOnlySpan<byte> body)
    {
        if (body.Length < Head || body[0] != Version || (body.Length - Head) % Size != 0)
        {
            return null;
        }

        var callbacks = new DueCallback[(body.Length - Head) / Size];
        for (var index = 0; index < callbacks.Length; index++)
        {
            var from = body.Slice(Head + index * Size, Size);
            callbacks[index] = new DueCallback(
                BinaryPrimitives.ReadInt64LittleEndian(from), BinaryPrimitives.ReadInt64LittleEndian(from[8..]), BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
                BinaryPrimitives.ReadInt32LittleEndian(from[40..]))
            {
                Since = BinaryPrimitives.ReadInt64LittleEndian(from[24..]), Order = BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
            };
        }

        return (callbacks, (body[1] & Again) != 0);
    }
}
