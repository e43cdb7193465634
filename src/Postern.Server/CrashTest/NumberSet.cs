namespace Postern.Server.CrashTest;

/// <summary>A set of event numbers: one bit each, in blocks that exist where something is in them.</summary>
internal sealed class NumberSet
{
    private const int BlockBits = 1 << 16;
    private ulong[]?[] blocks = [];

    public long Count { get; private set; }

    public bool Contains(uint number)
    {
        var block = number / BlockBits;
        return block < blocks.Length && blocks[block] is { } words && (words[Word(number)] & Bit(number)) != 0;
    }

    /// <summary>False when it was there already.</summary>
    public bool Add(uint number)
    {
        var block = (int)(number / BlockBits);
        if (block >= blocks.Length)
        {
            Array.Resize(ref blocks, Math.Max(block + 1, blocks.Length * 2));
        }

        var words = blocks[block] ??= new ulong[BlockBits / 64];
        ref var word = ref words[Word(number)];
        if ((word & Bit(number)) != 0)
        {
            return false;
        }

        word |= Bit(number);
        Count++;
        return true;
    }

    public void Clear()
    {
        blocks = [];
        Count = 0;
    }

    private static int Word(uint number) => (int)(number % BlockBits / 64);

    private static ulong Bit(uint number) => 1UL << (int)(number % 64);
}
