using System.Globalization;
using System.Text;
using Postern.Samples.Receiver;
using Spectre.Console;

namespace Postern.Server.Demo;

/// <summary>Prints the story so that it is a pleasure to read.</summary>
internal sealed class DemoPrinter(IAnsiConsole console)
{
    private const int LongestBody = 480;

    private readonly Dictionary<(string Path, string Id), int> attempts = [];
    private int step;

    public void Welcome(DemoHouse house)
    {
        console.WriteLine();
        Line($"  [bold green]Postern[/] [grey]· the small gate beside the main one, the gate messengers leave by[/]");
        console.WriteLine();
        Line($"  gateway   [blue]{house.Places.Gateway}[/]   in front of the shop: call this one");
        Line($"  admin     [blue]{house.Places.Admin}[/]   what happened, metrics, health");
        Line($"  shop      [blue]{house.Places.Shop}[/]   an ordinary REST API that knows nothing of webhooks");
        Line($"  receiver  [blue]{house.Places.Receiver}[/]   is called back, and verifies each signature");
        Line($"  data      [grey]{house.DataDirectory} (removed at the end)[/]");
    }

    public void Step(string title, string what)
    {
        step++;
        console.WriteLine();
        Line($"[bold green]{step,3}  {title}[/]");
        Line($"     [grey]{what}[/]");
    }

    public void Call(Exchange exchange)
    {
        console.WriteLine();
        Line($"     [grey]$[/] [bold]{exchange.Curl}[/]");
        Line($"     [blue]<- {exchange.Status} {exchange.Reason}[/] [grey]in {Milliseconds(exchange.Duration)}[/]  {Shorten(exchange.Answer)}");
    }

    public void Callback(Receipt receipt, TimeSpan? latency)
    {
        var key = (receipt.Path, receipt["webhook-id"]);
        var attempt = attempts[key] = attempts.GetValueOrDefault(key) + 1;
        var colour = receipt.Verdict is Verdict.Verified && receipt.Status < 300 ? "green" : receipt.Verdict is Verdict.Forged ? "red" : "yellow";
        var verdict = receipt.Verdict is Verdict.Verified ? "signature verified" : receipt.Fault ?? "not verified";

        console.WriteLine();
        console.Markup($"     [{colour}]=> callback[/] ");
        Line($"[bold]{receipt["ce-type"]}[/] at {receipt.Path}, {verdict}, answered {receipt.Status}{(attempt > 1 ? $", attempt {attempt}" : "")}{(latency is { } taken ? $", {Milliseconds(taken)} after the call" : "")}");
        Line($"        [grey]webhook-id: {receipt["webhook-id"]}   webhook-signature: {receipt["webhook-signature"]}[/]");
        Line($"        [grey]ce-source: {receipt["ce-source"]}   ce-subject: {receipt["ce-subject"]}   ce-time: {receipt["ce-time"]}[/]");
        Line($"        {(receipt.Body.IsEmpty ? "(no body)" : Shorten(Encoding.UTF8.GetString(receipt.Body.Span)))}");
    }

    public void TheEnd()
    {
        console.WriteLine();
        Line($"  [bold green]That was it:[/] every callback came, every signature was verified, and after the unsubscription there was silence.");
    }

    public void Farewell(DemoHouse house)
    {
        console.WriteLine();
        Line($"  Everything stays up, with a fresh subscription to /orders. In another terminal:");
        console.WriteLine();
        Line($$"""     [bold]curl {{house.Places.Gateway}}/orders --json '{"item":"Assam"}'[/]                    [grey]and see the callback here[/]""");
        Line($"     [bold]curl {house.Places.Gateway}/orders/subscriptions[/]                              [grey]who has subscribed[/]");
        Line($"     [bold]curl '{house.Places.Admin}/api/attempts?limit=5'[/]                              [grey]what was tried, and what came of it[/]");
        console.WriteLine();
        Line($"  [grey]Ctrl-C ends it.[/]");
    }

    public void Failure(string message)
    {
        console.WriteLine();
        Line($"  [bold red]The story ends here:[/] {message}");
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    private static string Shorten(string text) => text.Length <= LongestBody ? text : text[..LongestBody] + "…";

    // What is interpolated is escaped: a body with brackets stays what it is.
    private void Line(FormattableString line) => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, line);
}
