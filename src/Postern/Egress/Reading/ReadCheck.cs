using System.Collections.Concurrent;
using Postern.Configuration;
using Postern.Monitoring;

namespace Postern.Egress.Reading;

/// <summary>
/// Whether a consumer may read something, by the API's own word: asked once for all who want to know at the same time, and kept for a
/// short while. A slow API has bounded questions, and nobody waits for it twice.
/// </summary>
internal sealed class ReadCheck : IDisposable
{
    /// <summary>Questions to one API at the same time.</summary>
    private const int AtATime = 32;

    /// <summary>And those that wait for their turn.</summary>
    private const int MostWaiting = 256;

    /// <summary>Answers kept at most, about 200 bytes each.</summary>
    private const int Capacity = 100_000;

    /// <summary>An API that did not answer is left alone for so long.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    /// <summary>An answer in this time ends that nobody waits for a slow API.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(250);

    private readonly ApiReader reader;
    private readonly LiveConfiguration live;
    private readonly TimeProvider time;
    private readonly PosternMeter meter;
    private readonly ConcurrentDictionary<(string Api, string Consumer, string Path), Kept> answers = new();
    private readonly ConcurrentDictionary<string, Turns> turns = new(StringComparer.Ordinal);

    public ReadCheck(ApiReader reader, LiveConfiguration live, TimeProvider time, PosternMeter meter)
    {
        (this.reader, this.live, this.time, this.meter) = (reader, live, time, meter);
        live.Changed += Forget;
    }

    /// <summary>What the API says.</summary>
    /// <param name="patience">How long to wait for it: an answer that comes later is there for who asks again. Null: as long as it may take.</param>
    public async ValueTask<ReadAnswer> AskAsync(ReadTarget target, TimeSpan? patience)
    {
        if (!target.IsPlain)
        {
            return ReadAnswer.No;
        }

        var kept = Find(target);
        if (kept is null)
        {
            return ReadAnswer.Unknown;
        }

        var wait = patience is { } bounded ? (Of(target).IsSlow ? TimeSpan.Zero : bounded) : Timeout.InfiniteTimeSpan;
        try
        {
            return await kept.Answer.WaitAsync(wait, time);
        }
        catch (TimeoutException)
        {
            Of(target).IsSlow = true;
            return ReadAnswer.Unknown;
        }
    }

    public void Dispose() => live.Changed -= Forget;

    /// <summary>The answer that is kept or under way, or a new question; null when there are too many questions.</summary>
    private Kept? Find(ReadTarget target)
    {
        var key = (target.Api.Path, target.Consumer, target.Path);
        if (answers.TryGetValue(key, out var there) && !there.IsOver(time.GetUtcNow()))
        {
            return there;
        }

        var turn = Of(target);
        if (!turn.TryStand(AtATime + MostWaiting))
        {
            return null;
        }

        if (answers.Count >= Capacity)
        {
            // Asking again is cheap; to look through all of them for what is old would cost every caller.
            answers.Clear();
        }

        var fresh = new Kept();
        fresh.Answer = AskAsync(target, turn, fresh);
        answers[key] = fresh;
        return fresh;
    }

    private async Task<ReadAnswer> AskAsync(ReadTarget target, Turns turn, Kept kept)
    {
        var (check, keep) = (target.Api.ReadCheck!, Rest);
        await turn.Free.WaitAsync();
        try
        {
            var started = time.GetTimestamp();
            using var deadline = new CancellationTokenSource(check.Timeout, time);
            var answer = await reader.AskAsync(target, deadline.Token);
            keep = answer == ReadAnswer.Unknown ? Rest : check.Cache;
            turn.IsSlow = answer == ReadAnswer.Unknown || (turn.IsSlow && time.GetElapsedTime(started) > Quick);
            meter.ReadChecks.Add(1, new KeyValuePair<string, object?>("answer", answer switch { ReadAnswer.Yes => "yes", ReadAnswer.No => "no", _ => "unknown" }));
            return answer;
        }
        finally
        {
            kept.Until = time.GetUtcNow() + keep;
            turn.Free.Release();
            turn.Leave();
        }
    }

    private Turns Of(ReadTarget target) => turns.GetOrAdd(target.Api.Path, static _ => new Turns());

    private void Forget(PosternConfiguration configuration) => answers.Clear();

    /// <summary>An answer, or the question that is under way.</summary>
    private sealed class Kept
    {
        private long until = DateTimeOffset.MaxValue.UtcTicks;

        public Task<ReadAnswer> Answer { get; set; } = Task.FromResult(ReadAnswer.Unknown);

        public DateTimeOffset Until
        {
            set => Volatile.Write(ref until, value.UtcTicks);
        }

        public bool IsOver(DateTimeOffset now) => Volatile.Read(ref until) <= now.UtcTicks;
    }

    /// <summary>The questions to one API.</summary>
    private sealed class Turns
    {
        private int standing;
        private volatile bool slow;

        public SemaphoreSlim Free { get; } = new(AtATime, AtATime);

        /// <summary>It lets wait: who has no time need not try.</summary>
        public bool IsSlow
        {
            get => slow;
            set => slow = value;
        }

        public bool TryStand(int most)
        {
            if (Interlocked.Increment(ref standing) <= most)
            {
                return true;
            }

            Interlocked.Decrement(ref standing);
            return false;
        }

        public void Leave() => Interlocked.Decrement(ref standing);
    }
}
