using Postern.Model;

namespace Postern.Tests.Model;

public sealed class EventIdTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1_234_567_890)]
    [InlineData((1L << 50) - 1)]
    public void An_id_gives_its_sequence_back(long sequence)
    {
        Assert.True(EventId.TryReadSequence(EventId.Create(sequence), out var read));
        Assert.Equal(sequence, read);
    }

    [Fact]
    public void The_same_sequence_never_makes_the_same_id_twice() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => EventId.Create(7)).Distinct().Count());

    [Theory]
    [InlineData("")]
    [InlineData("evt_")]
    [InlineData("msg_00000000010000000001")]
    [InlineData("evt_0000000u010000000001")]
    [InlineData("evt_000000000100000000010")]
    public void What_is_not_an_id_is_told_apart(string text) => Assert.False(EventId.TryReadSequence(text, out _));
}
