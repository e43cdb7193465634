using CsCheck;
using Postern.Model.Limits;

namespace Postern.Tests.Model.Limits;

public sealed class LimitStateTests
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);

    [Fact]
    public void No_more_is_taken_than_the_burst_and_what_the_time_brings() =>
        Gen.Select(Gen.Double[0.01, 5_000], Gen.Int[1, 500], Gen.Int[0, 2_000].List[1, 200]).Sample((perSecond, burst, pauses) =>
        {
            var (state, rate, now, taken) = (new LimitState(), new TokenRate(perSecond, burst), Start, 0);
            foreach (var pause in pauses)
            {
                now += TimeSpan.FromMilliseconds(pause);
                taken += state.Take(rate, now).Taken ? 1 : 0;
            }

            return taken <= burst + (perSecond * (now - Start).TotalSeconds) + 1e-6;
        });

    [Fact]
    public void Who_waits_as_long_as_he_is_told_gets_one() => Gen.Select(Gen.Double[0.01, 5_000], Gen.Int[1, 50]).Sample((perSecond, burst) =>
    {
        var (state, rate) = (new LimitState(), new TokenRate(perSecond, burst));
        var answer = state.Take(rate, Start);
        while (answer.Taken)
        {
            answer = state.Take(rate, Start);
        }

        return answer.Wait > TimeSpan.Zero && state.Take(rate, Start + answer.Wait + TimeSpan.FromMilliseconds(1)).Taken;
    });

    [Fact]
    public void Whatever_the_rate_is_changed_to_nothing_is_given_away() =>
        Gen.Select(Gen.Double[0.01, 1_000], Gen.Int[1, 100], Gen.Double[0.01, 1_000], Gen.Int[1, 100], Gen.Int[0, 100_000]).Sample(
            (perSecond, burst, newPerSecond, newBurst, idle) =>
            {
                var (state, rate, changed) = (new LimitState(), new TokenRate(perSecond, burst), new TokenRate(newPerSecond, newBurst));
                while (state.Take(rate, Start).Taken)
                {
                }

                // Idle under the old rate: only that has brought something when the new one comes.
                var now = Start + TimeSpan.FromMilliseconds(idle);
                var taken = 0;
                while (state.Take(changed, now).Taken)
                {
                    taken++;
                }

                return taken <= Math.Min(Math.Min(burst, newBurst), (perSecond * idle / 1_000) + 1);
            });

    [Fact]
    public void A_place_is_taken_once_and_given_back()
    {
        var state = new LimitState();

        Assert.Equal([LimitEntry.Entered, LimitEntry.Entered, LimitEntry.Full], [state.Enter(2), state.Enter(2), state.Enter(2)]);
        state.Leave();
        Assert.Equal(LimitEntry.Entered, state.Enter(2));
    }

    [Fact]
    public void However_many_keys_there_are_memory_is_bounded_and_those_who_have_taken_are_remembered()
    {
        var (states, rate) = (new LimitStates<int>(100), new TokenRate(0.000_01, 1));
        var old = states.Enter(-1, int.MaxValue, Start)!;
        Assert.True(old.Take(rate, Start).Taken);
        old.Leave();

        for (var key = 0; key < 10_000; key++)
        {
            // Nothing is taken: they can be forgotten again.
            states.Enter(key, int.MaxValue, Start + TimeSpan.FromSeconds(key))!.Leave();
        }

        Assert.InRange(states.Count, 1, 100);
        Assert.False(states.Enter(-1, int.MaxValue, Start + TimeSpan.FromSeconds(1))!.Take(rate, Start + TimeSpan.FromSeconds(1)).Taken);
    }

    [Fact]
    public void Strangers_who_find_no_room_share_one_state_and_cost_nobody_else()
    {
        var (states, rate) = (new LimitStates<int>(10), new TokenRate(0.001, 2));
        for (var key = 0; key < 10; key++)
        {
            Assert.True(states.Enter(key, int.MaxValue, Start)!.Take(rate, Start).Taken);
        }

        var strangers = Enumerable.Range(10, 100).Count(key => states.Enter(key, int.MaxValue, Start)!.Take(rate, Start).Taken);

        Assert.Equal((10, 2), (states.Count, strangers));
        Assert.True(states.Enter(3, int.MaxValue, Start)!.Take(rate, Start).Taken);
    }

    [Fact]
    public async Task Many_at_once_take_no_more_than_there_is()
    {
        var (states, rate, taken) = (new LimitStates<string>(2), new TokenRate(0.000_1, 1_000), 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var turn = 0; turn < 1_000; turn++)
            {
                var state = states.Enter("all", int.MaxValue, Start)!;
                Interlocked.Add(ref taken, state.Take(rate, Start).Taken ? 1 : 0);
                state.Leave();
            }
        })));

        Assert.Equal(1_000, taken);
    }
}
