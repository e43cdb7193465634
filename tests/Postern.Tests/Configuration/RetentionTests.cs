using Postern.Configuration;

namespace Postern.Tests.Configuration;

public sealed class RetentionTests
{
    [Fact]
    public void Never_and_a_size_are_read_and_what_is_left_out_is_30_days()
    {
        var retention = Loading.Accepted(Loading.Load(Loading.Good + "\nretention: { events: never, dead: 12h, maxBytes: 20GiB }")).Retention;
        Assert.Equal(new RetentionConfiguration { Events = null, Dead = TimeSpan.FromHours(12), MaxBytes = 20L << 30 }, retention);
        Assert.Equal(TimeSpan.FromDays(30), retention.Attempts);
    }
}
