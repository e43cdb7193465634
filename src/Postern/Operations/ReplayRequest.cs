using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Postern.Model;

namespace Postern.Operations;

[Description("What to send again: exactly one of `dead`, `events`, `from` (with `to`) and `missed` (with `since`).")]
internal record ReplayRequest
{
    [Description("true: all whose callbacks were given up.")]
    public bool? Dead { get; init; }

    [Description("Ids of events (`evt_…`), at most 500, whether they were delivered or not.")]
    public IReadOnlyList<string>? Events { get; init; }

    [Description("The events staged from then on that match, whether they were delivered or not. RFC 3339 with an offset.")]
    public DateTimeOffset? From { get; init; }

    [Description("The last moment of `from`; until now when missing.")]
    public DateTimeOffset? To { get; init; }

    [Description("true: the events that match, and were neither delivered nor are still owed.")]
    public bool? Missed { get; init; }

    [Description("Where `missed` begins; when missing, with the subscription, or with the oldest attempt that is kept.")]
    public DateTimeOffset? Since { get; init; }

    [Description("Callbacks a second, 1 to 10,000; 200 when missing.")]
    public int? Rate { get; init; }

    /// <summary>Reads the fields; what is wrong goes to <paramref name="errors"/>.</summary>
    /// <param name="others">Fields of the body that somebody else reads.</param>
    public static ReplayRequest Read(JsonElement body, FieldErrors errors, params ReadOnlySpan<string> others)
    {
        var request = new ReplayRequest();
        foreach (var property in body.EnumerateObject())
        {
            var (name, value) = (property.Name, property.Value);
            request = name switch
            {
                "dead" => request with { Dead = ReadFlag(name, value, errors) },
                "missed" => request with { Missed = ReadFlag(name, value, errors) },
                "events" => request with { Events = ReadEvents(value, errors) },
                "from" => request with { From = ReadTime(name, value, errors) },
                "to" => request with { To = ReadTime(name, value, errors) },
                "since" => request with { Since = ReadTime(name, value, errors) },
                "rate" => request with { Rate = ReadRate(value, errors) },
                _ when others.Contains(name) => request,
                _ => Unknown(request, name, others, errors),
            };
        }

        request.Check(errors);
        return request;
    }

    /// <summary>What kind of job it asks for; there is exactly one, once <see cref="Read"/> found nothing wrong.</summary>
    public JobKind Kind => Dead is true ? JobKind.Dead : Events is not null ? JobKind.Events : Missed is true ? JobKind.Missed : JobKind.Range;

    public JobRequest ToJob(IReadOnlyList<long> events) => new()
    {
        Kind = Kind, Events = events, From = Since ?? From, To = To, Rate = Rate ?? JobRequest.DefaultRate,
    };

    private void Check(FieldErrors errors)
    {
        if (errors.Any)
        {
            return;
        }

        var kinds = (Dead is true ? 1 : 0) + (Events is null ? 0 : 1) + (From is null ? 0 : 1) + (Missed is true ? 1 : 0);
        if (kinds != 1)
        {
            errors.Add("dead", "give exactly one of \"dead\": true, \"events\": […], \"from\": … and \"missed\": true.");
        }
        else if (Since is not null && Missed is not true)
        {
            errors.Add("since", "goes with \"missed\": true; a range of time is given by from and to.");
        }
        else if (To is not null && From is null)
        {
            errors.Add("to", "goes with from.");
        }
        else if (From > To)
        {
            errors.Add("to", "is before from.");
        }
    }

    private static bool? ReadFlag(string name, JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.ValueKind == JsonValueKind.True;
        }

        errors.Add(name, "must be true or false.");
        return null;
    }

    private static IReadOnlyList<string>? ReadEvents(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is > 0 and <= JobRequest.MaxEvents
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        errors.Add("events", $"must be an array of 1 to {JobRequest.MaxEvents} event ids (evt_…).");
        return null;
    }

    private static DateTimeOffset? ReadTime(string name, JsonElement value, FieldErrors errors)
    {
        // Without an offset it would be the time of wherever the gateway stands.
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 6 } text
            && (text[^1] is 'Z' or 'z' || (text[^6] is '+' or '-' && text[^3] == ':')) && value.TryGetDateTimeOffset(out var time))
        {
            return time.ToUniversalTime();
        }

        errors.Add(name, "must be a time with its offset, like \"2026-03-01T12:00:00Z\".");
        return null;
    }

    public static int? ReadRate(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var rate) && rate is >= 1 and <= JobRequest.MaxRate)
        {
            return rate;
        }

        errors.Add("rate", string.Create(CultureInfo.InvariantCulture, $"must be a whole number of callbacks a second, 1 to {JobRequest.MaxRate}."));
        return null;
    }

    private static ReplayRequest Unknown(ReplayRequest request, string name, ReadOnlySpan<string> others, FieldErrors errors)
    {
        errors.Add(name, $"is not a field; there are {string.Join(", ", ["dead", "events", "from", "to", "missed", "since", "rate", .. others])}.");
        return request;
    }
}
