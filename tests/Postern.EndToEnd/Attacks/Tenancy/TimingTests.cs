using System.Diagnostics;

namespace Postern.EndToEnd.Attacks.Tenancy;

public sealed class TimingTests
{
    private const int First = 100;
    private const int Most = 400;

    [Fact]
    public async Task An_id_of_another_consumer_takes_as_long_as_one_that_does_not_exist()
    {
        await using var house = await TwoTenants.StartAsync();
        var foreign = await house.FillAsync(tenant: 1);
        var own = await house.FillAsync(tenant: 0);
        var missing = foreign.OfNobody();
        var apart = new List<string>();

        foreach (var forgery in Forgery.All.Where(static forgery => forgery.IsOfSomething))
        {
            // Of the first calls some compile what they run.
            await MeasureAsync(forgery, new PairedTimes(), 20);
            var times = await JudgeAsync(forgery);
            if (times.Judge() == TimeVerdict.Apart)
            {
                // What is between two calls is there the second time as well; what the machine did meanwhile is not.
                times = await JudgeAsync(forgery);
            }

            // What so many tries do not tell is told to nobody.
            TestContext.Current.TestOutputHelper!.WriteLine($"{forgery}: {times}");
            if (times.Judge() == TimeVerdict.Apart)
            {
                apart.Add($"{forgery}: {times}");
            }
        }

        Assert.Empty(apart);

        async Task<PairedTimes> JudgeAsync(Forgery forgery)
        {
            var times = new PairedTimes();
            for (var count = First; count <= Most && (times.Count == 0 || times.Judge() == TimeVerdict.Open); count *= 2)
            {
                await MeasureAsync(forgery, times, count - times.Count);
            }

            return times;
        }

        async Task MeasureAsync(Forgery forgery, PairedTimes times, int count)
        {
            for (var pair = 0; pair < count; pair++)
            {
                var foreignFirst = Random.Shared.Next(2) == 0;
                var first = await TimeAsync(forgery, foreignFirst ? foreign : missing);
                var second = await TimeAsync(forgery, foreignFirst ? missing : foreign);
                times.Add(foreignFirst ? first : second, foreignFirst ? second : first);
            }
        }

        async Task<double> TimeAsync(Forgery forgery, Belongings others)
        {
            var started = Stopwatch.GetTimestamp();
            await house.CallAsync(0, forgery.Call.Method, forgery.Path(own, others), forgery.Body(others));
            return Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4, false)]
    [InlineData(60, true)]
    [InlineData(-60, true)]
    public void A_difference_that_can_be_used_is_seen_in_noise_that_is_larger(double difference, bool isSeen)
    {
        // Half a millisecond each, a tenth of it more by chance, and one of ten held up by something else.
        var random = new Random(1);
        var times = new PairedTimes();
        while (times.Count < Most && (times.Count < First || times.Judge() == TimeVerdict.Open))
        {
            times.Add(Next() + difference, Next());
        }

        Assert.Equal(isSeen ? TimeVerdict.Apart : TimeVerdict.Alike, times.Judge());

        double Next() => 500 - (60 * Math.Log(1 - random.NextDouble())) + (random.Next(10) == 0 ? 20_000 * random.NextDouble() : 0);
    }
}
