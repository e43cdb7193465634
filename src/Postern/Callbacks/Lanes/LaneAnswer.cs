using System.Globalization;
using Postern.Callbacks.Outcomes;
using Postern.Callbacks.Sending;
using Postern.Egress;

namespace Postern.Callbacks.Lanes;

/// <summary>What one attempt tells the lane about its endpoint.</summary>
/// <param name="Up">It answered; false: it did not, or with a 5xx or 429; null: the attempt says nothing about it.</param>
/// <param name="Pause">How long it wants to be left alone (<c>Retry-After</c> with a 429 or 503).</param>
/// <param name="AllowedRate">Attempts per second it has granted, infinity for no limit; null: it said nothing.</param>
internal readonly record struct LaneAnswer(LaneSignal Signal, bool? Up, TimeSpan Latency, TimeSpan? Pause, double? AllowedRate)
{
    private const double SecondsPerMinute = 60;

    public static LaneAnswer Of(in Reply reply, LaneSignal signal, TimeSpan took, DateTimeOffset now, string? allowedRate)
    {
        if (reply.Fault?.Failure is EgressFailure.Gateway or EgressFailure.Shortage or EgressFailure.Busy)
        {
            // The gateway could not make the callback: the endpoint has no part in it.
            return default;
        }

        var down = signal == LaneSignal.Bad || reply.Status >= 500;
        var pause = reply.Status is 429 or 503 ? RetryAfter.Parse(reply.RetryAfter, now) : null;
        return new LaneAnswer(signal, !down, took, pause, ParseRate(allowedRate));
    }

    /// <summary><c>WebHook-Allowed-Rate</c> (CloudEvents webhook 1.0, §4.2.2): requests per minute, or <c>*</c>.</summary>
    public static double? ParseRate(string? value) => value?.Trim() switch
    {
        "*" => double.PositiveInfinity,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var perMinute) && perMinute > 0 => perMinute / SecondsPerMinute,
        _ => null,
    };
}
