using System.Globalization;
using System.Text;

namespace Postern.Server.CrashTest;

/// <summary>The ledger as it is printed.</summary>
internal static class LedgerText
{
    public static string Write(CrashTestResult result)
    {
        var ledger = result.Ledger;
        var text = new StringBuilder("\n");
        Line(text, "killed", $"{result.Kills:N0} times ({result.KillsDuringRecovery:N0} while it was coming up), seed {result.Seed}");
        Line(text, "accepted", $"{ledger.Acknowledged:N0} events acknowledged, of {ledger.Intended:N0} that were sent");
        Line(text, "owed", $"{ledger.Owed:N0} callbacks to the subscriptions that stayed, of {ledger.Subscriptions:N0} subscriptions");
        Line(text, "delivered", $"{ledger.Delivered:N0} different ones, in {ledger.Received:N0} callbacks");
        Line(text, "lost", Count(result, ViolationKind.Lost));
        Line(text, "invented", Count(result, ViolationKind.Invented));
        Line(text, "duplicates", $"{ledger.Duplicates:N0}; {ledger.Crashes:N0} crashes explain up to {ledger.DuplicatesAllowed:N0} ({ledger.Timeouts:N0} answers were not waited for; a retry is no duplicate)");
        Line(text, "signatures", $"{Count(result, ViolationKind.Signature)} wrong, {Count(result, ViolationKind.Altered)} altered bodies, {Count(result, ViolationKind.Identity)} events under two ids");
        Line(text, "order", result.OrderChecked
            ? $"{Count(result, ViolationKind.Order)} out of order, of {ledger.Ordered:N0} callbacks to the ordered subscription"
            : "not looked at: this program knows no ordered subscriptions");
        Line(text, "unsubscribed", $"{Count(result, ViolationKind.AfterUnsubscribe)} callbacks begun after the answer");
        Line(text, "balance", $"{Count(result, ViolationKind.Conservation)} times not accounted for, of {result.Polls:N0} times asked");
        Line(text, "secrets", $"{Count(result, ViolationKind.Secret)} in the node's log");
        Line(text, "ready", Times(result.Ready));
        Line(text, "first callback", Times(result.FirstDelivery));
        foreach (var violation in result.Violations)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nVIOLATED: {violation.Kind}, {violation.Count:N0} times\n");
            foreach (var one in violation.First)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {one}\n");
            }
        }

        return text.Append(result.Held ? "\nEverything held.\n" : $"\n{result.Violations.Count} promises broken.\n").ToString();
    }

    private static string Count(CrashTestResult result, ViolationKind kind) =>
        (result.Violations.FirstOrDefault(one => one.Kind == kind)?.Count ?? 0).ToString("N0", CultureInfo.InvariantCulture);

    private static string Times(Recovery? times) => times is null
        ? "never after a kill"
        : $"{times.Min:N0} ms at best, {times.Median:N0} ms in the middle, {times.Max:N0} ms at worst ({times.Count:N0} starts, from the start of the process)";

    private static void Line(StringBuilder text, string label, string value) => text.Append(CultureInfo.InvariantCulture, $"  {label,-15} {value}\n");
}
