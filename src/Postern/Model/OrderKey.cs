using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Model;

/// <summary>What the callbacks of one record are kept in order by.</summary>
public static class OrderKey
{
    /// <summary>
    /// A number that stands for a path: the same on every machine and in every version, because the store keeps it; never 0,
    /// which means no order. Two paths that share one (1 in 2^64) only wait for each other.
    /// </summary>
    public static long Of(string path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(path), hash);
        var key = BinaryPrimitives.ReadInt64BigEndian(hash);
        return key == 0 ? 1 : key;
    }

    /// <summary>The key of an event in a subscription; 0 where it has none.</summary>
    /// <remarks>A test event stands in no line: it asks whether the endpoint answers now.</remarks>
    public static long Of(SubscriptionOrder order, EventContent content) =>
        order == SubscriptionOrder.Key && content.Target is null ? Of(content.Path) : 0;
}
