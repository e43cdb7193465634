using System.Globalization;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Model;
using Postern.Operations.Announcements;

namespace Postern.Callbacks.Health;

/// <summary>What an attempt says about the health of its subscription.</summary>
/// <param name="After">How it fails from now on; null: it does not.</param>
/// <param name="Change">What the store has to keep; null: nothing that cannot wait.</param>
/// <param name="Told">What is announced; null: nothing.</param>
internal readonly record struct HealthVerdict(Failing? After, HealthChange? Change, AnnouncementType? Told);

/// <summary>When a subscription fails, has recovered, and has failed for too long.</summary>
internal static class HealthRule
{
    /// <summary>Moments at which it must have failed before it is disabled.</summary>
    public const int LeastMoments = 5;

    // Failures closer together than this share of `disableAfter` are one moment: six hours of five days.
    private const int StepsOfLimit = 20;

    // A break longer than this share begins the count anew: two and a half days of five.
    private const int BreaksOfLimit = 2;

    private static readonly TimeSpan StepWithoutLimit = TimeSpan.FromHours(6);

    /// <param name="before">How it has failed so far; null: its last attempt succeeded, or none was made.</param>
    public static HealthVerdict Judge(Failing? before, Attempt attempt, CallbacksConfiguration configuration) => attempt.Outcome switch
    {
        AttemptOutcome.Delivered when before is null => default,
        AttemptOutcome.Delivered => new(
            null, HealthChange.Recovered.Instance,
            attempt.At + attempt.Duration - before.Since >= configuration.UnhealthyAfter ? AnnouncementType.Recovered : null),
        // The receiver has ended the subscription, and spoke for itself.
        AttemptOutcome.Gone => new(before, null, null),
        _ when before is null => First(attempt, configuration),
        _ => Again(before, attempt, configuration),
    };

    private static HealthVerdict First(Attempt attempt, CallbacksConfiguration configuration)
    {
        var told = configuration.UnhealthyAfter == TimeSpan.Zero;
        var failing = new Failing
        {
            Since = attempt.At, Steady = attempt.At, Last = attempt.At, Counted = attempt.At, Moments = 1, Announced = told,
            Status = attempt.Status, Error = attempt.Error ?? "",
        };
        return new(failing, new HealthChange.Fails(failing), told ? AnnouncementType.Failing : null);
    }

    private static HealthVerdict Again(Failing before, Attempt attempt, CallbacksConfiguration configuration)
    {
        // Attempts that began together end in any order, and a clock may be set back.
        var now = attempt.At > before.Last ? attempt.At : before.Last;
        var pause = now - before.Last > configuration.DisableAfter / BreaksOfLimit;
        var counts = pause || now - before.Counted >= (configuration.DisableAfter / StepsOfLimit ?? StepWithoutLimit);
        var tells = !before.Announced && now - before.Since >= configuration.UnhealthyAfter;
        var after = before with
        {
            Last = now,
            Steady = pause ? now : before.Steady,
            Counted = counts ? now : before.Counted,
            Moments = pause ? 1 : before.Moments + (counts ? 1 : 0),
            Announced = before.Announced || tells,
            Status = attempt.Status,
            Error = attempt.Error ?? "",
        };
        if (now - after.Steady >= configuration.DisableAfter && after.Moments >= LeastMoments)
        {
            return new(null, new HealthChange.Disabled(after, Reason(after)), AnnouncementType.Disabled);
        }

        return counts || tells
            ? new(after, new HealthChange.StillFails(after), tells ? AnnouncementType.Failing : null)
            : new(after, null, null);
    }

    private static string Reason(Failing failing) => string.Create(
        CultureInfo.InvariantCulture,
        $"Disabled by the gateway: every attempt from {failing.Since:u} to {failing.Last:u} failed. The last one: {failing.Error}");
}
