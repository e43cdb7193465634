using System.Text;

namespace Postern.RabbitMq;

/// <summary>Which of the queues an endpoint's callbacks go through.</summary>
internal static class Partition
{
    private const ulong Offset = 14_695_981_039_346_656_037;
    private const ulong Prime = 1_099_511_628_211;

    /// <summary>FNV-1a of its name, both halves of it: the same in every process and every version, or two nodes would own one lane.</summary>
    public static int Of(string endpoint, int partitions)
    {
        var hash = Offset;
        foreach (var value in Encoding.UTF8.GetBytes(endpoint))
        {
            hash = (hash ^ value) * Prime;
        }

        return (int)((uint)(hash ^ (hash >> 32)) % (uint)partitions);
    }
}
