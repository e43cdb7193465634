using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Server.Commands;

namespace Postern.Server.Replay;

/// <summary>The options of <c>postern replay</c>: of whom, what, how fast; and the rules between them.</summary>
internal sealed class ReplayOptions
{
    private readonly Option<string?> subscription = new("--subscription") { HelpName = "sub_…", Description = "Of this subscription." };
    private readonly Option<Uri?> endpoint = UrlOption.Create("--endpoint", "Of all subscriptions whose callbacks go to this scheme, host and port. With --dead only.");
    private readonly Option<bool> all = new("--all") { Description = "Of all subscriptions. With --dead only." };
    private readonly Option<string?> callback = new("--callback") { HelpName = "cb_…", Description = "This one dead callback, at once." };

    private readonly Option<bool> dead = new("--dead") { Description = "What was given up. Goes without saying for --endpoint and --all." };
    private readonly Option<bool> missed = new("--missed") { Description = "What was neither delivered nor is still owed." };
    private readonly Option<DateTimeOffset?> since = Time("--since", "Where --missed begins. Default: with the subscription.");
    private readonly Option<DateTimeOffset?> from = Time("--from", "What was staged from then on, delivered or not: 2026-03-01T12:00:00Z.");
    private readonly Option<DateTimeOffset?> to = Time("--to", "The last moment of --from. Default: now.");
    private readonly Option<string[]> events = new("--event") { HelpName = "evt_…", Description = "This event, delivered or not; can be given several times." };

    private readonly Option<int?> rate = new("--rate") { HelpName = "N", Description = "Callbacks a second, 1 to 10000. Default: 200." };
    private readonly Option<bool> noWait = new("--no-wait") { Description = "Prints the job and does not wait for its end." };
    private readonly Option<Uri?> admin = UrlOption.Admin();
    private readonly Option<string?> token = new("--token") { HelpName = "TOKEN", Description = "admin.token of the configuration. Default: $POSTERN_ADMIN_TOKEN." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[subscription, endpoint, all, callback, dead, missed, since, from, to, events, rate, noWait, admin, token])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Check);
    }

    public bool Waits(ParseResult parsed) => !parsed.GetValue(noWait);

    public string? Callback(ParseResult parsed) => parsed.GetValue(callback);

    public AdminClient Connect(ParseResult parsed) => new(
        parsed.GetValue(admin) ?? UrlOption.DefaultAdmin,
        parsed.GetValue(token) ?? (Environment.GetEnvironmentVariable("POSTERN_ADMIN_TOKEN") is { Length: > 0 } set ? set : null));

    /// <summary>What is asked of <c>POST /api/jobs</c>.</summary>
    public JsonObject Order(ParseResult parsed)
    {
        var order = new JsonObject();
        Put(order, "subscription", parsed.GetValue(subscription));
        Put(order, "endpoint", parsed.GetValue(endpoint)?.OriginalString);
        Put(order, "since", Text(parsed.GetValue(since)));
        Put(order, "from", Text(parsed.GetValue(from)));
        Put(order, "to", Text(parsed.GetValue(to)));
        if (parsed.GetValue(all))
        {
            order["all"] = true;
        }

        if (parsed.GetValue(missed))
        {
            order["missed"] = true;
        }

        if (parsed.GetValue(events) is { Length: > 0 } named)
        {
            order["events"] = new JsonArray([.. named.Select(id => (JsonNode)id)]);
        }

        if (parsed.GetValue(dead) || parsed.GetValue(subscription) is null)
        {
            order["dead"] = true;
        }

        if (parsed.GetValue(rate) is { } perSecond)
        {
            order["rate"] = perSecond;
        }

        return order;
    }

    private void Check(CommandResult result)
    {
        var whom = Given(result, subscription, endpoint, all, callback);
        var what = Given(result, dead, missed, from, events);
        if (whom != 1)
        {
            result.AddError("Say of whom: exactly one of --subscription, --endpoint, --all and --callback.");
        }
        else if (Given(result, callback) == 1 && what + Given(result, since, to, rate, noWait) > 0)
        {
            result.AddError("--callback stands alone: one callback is owed again at once.");
        }
        else if (Given(result, subscription) == 1 && what != 1)
        {
            result.AddError("Say what: exactly one of --dead, --missed, --from and --event.");
        }
        else if (Given(result, subscription) == 0 && what > Given(result, dead))
        {
            result.AddError("For --endpoint and --all there is --dead only; the rest is asked for one --subscription.");
        }
        else if (Given(result, since) > Given(result, missed) || Given(result, to) > Given(result, from))
        {
            result.AddError("--since goes with --missed, and --to with --from.");
        }
    }

    private static int Given(CommandResult result, params ReadOnlySpan<Option> options)
    {
        var count = 0;
        foreach (var option in options)
        {
            count += result.GetResult(option) is { Implicit: false } ? 1 : 0;
        }

        return count;
    }

    private static void Put(JsonObject order, string name, string? value)
    {
        if (value is not null)
        {
            order[name] = value;
        }
    }

    private static string? Text(DateTimeOffset? time) => time?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        HelpName = "TIME",
        Description = description,
        CustomParser = argument =>
        {
            // Without an offset it is UTC, as in everything Postern prints.
            if (DateTimeOffset.TryParse(argument.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time;
            }

            argument.AddError($"{name}: '{argument.Tokens[0].Value}' is not a time like 2026-03-01T12:00:00Z.");
            return null;
        },
    };
}
