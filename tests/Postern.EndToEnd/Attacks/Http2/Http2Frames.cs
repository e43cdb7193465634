using System.Buffers.Binary;
using System.Text;

namespace Postern.EndToEnd.Attacks.Http2;

internal enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    Reset = 3,
    Settings = 4,
    PushPromise = 5,
    Ping = 6,
    WindowUpdate = 8,
    Continuation = 9,
}

/// <summary>Makes frames and header blocks (RFC 9113 §4, RFC 7541 §6), right ones and wrong ones.</summary>
internal static class Http2Frames
{
    public const byte EndStream = 1;
    public const byte Ack = 1;
    public const byte EndHeaders = 4;

    /// <summary>What a client begins with (§3.4).</summary>
    public static byte[] Preface { get; } = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(FrameType.Settings, 0, 0, [])];

    /// <summary>The header block of a GET.</summary>
    public static byte[] Get { get; } = [0x82, 0x87, .. Literal(4, "/c/1"), .. Literal(1, "localhost")];

    /// <summary>The header block of a POST.</summary>
    public static byte[] Post { get; } = [0x83, 0x87, .. Literal(4, "/c/1"), .. Literal(1, "localhost")];

    public static byte[] Frame(FrameType type, byte flags, int stream, byte[] payload)
    {
        byte[] frame = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }

    /// <summary>A field of the static table with another value, not to be remembered.</summary>
    public static byte[] Literal(byte name, string value) => [name, (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    /// <summary>A field with a name of its own, not to be remembered.</summary>
    public static byte[] Literal(string name, string value) => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    public static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
