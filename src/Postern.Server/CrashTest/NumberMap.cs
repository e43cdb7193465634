namespace Postern.Server.CrashTest;

/// <summary>One 16-bit value for each number; 0: none.</summary>
internal sealed class NumberMap
{
    // Small: one that comes and goes sees a few thousand events out of millions.
    private const int Block = 1 << 12;
    private ushort[]?[] blocks = [];

    public ref ushort this[uint number]
    {
        get
        {
            var block = (int)(number / Block);
            if (block >= blocks.Length)
            {
                Array.Resize(ref blocks, Math.Max(block + 1, blocks.Length * 2));
            }

            return ref (blocks[block] ??= new ushort[Block])[number % Block];
        }
    }
}
