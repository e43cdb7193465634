using System.Globalization;
using System.Text.Json;
using Postern.Configuration.Rules;
using Postern.Configuration.Values;
using Postern.Model.Retries;

namespace Postern.Subscriptions;

/// <summary>Reads the field <c>retry</c>, and tells everything that is wrong with it at once.</summary>
internal static class RetryParser
{
    /// <summary>Shortest wait a consumer may ask for: what it says is spent at an endpoint that need not be its own.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <param name="bound">What the operator says: nobody may ask for more time.</param>
    public static RetrySettings? Read(JsonElement value, RetryPolicy bound, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add("retry", "must be an object, like {\"giveUpAfter\": \"1d\"}, or null.");
            return null;
        }

        var settings = new RetrySettings();
        foreach (var (name, field) in value.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null).Select(property => (property.Name, property.Value)))
        {
            var at = "retry." + name;
            settings = name switch
            {
                "schedule" => settings with { Schedule = ReadSchedule(field, errors) },
                "backoff" => settings with { Backoff = ReadBackoff(field, errors) },
                "giveUpAfter" => settings with { GiveUpAfter = ReadDuration(field, at, errors) },
                "statuses" => settings with { Statuses = ReadStatuses(field, at, errors) },
                "notStatuses" => settings with { NotStatuses = ReadStatuses(field, at, errors) },
                "jitter" => settings with { Jitter = ReadNumber(field, 0, 1, at, errors) },
                _ => Unknown(settings, at, "schedule, backoff, giveUpAfter, statuses, notStatuses and jitter", errors),
            };
        }

        foreach (var (field, problem) in RetryRules.Problems(settings, Shortest))
        {
            errors.Add("retry." + field, problem);
        }

        if (settings.GiveUpAfter > bound.GiveUpAfter)
        {
            errors.Add("retry.giveUpAfter", $"is longer than the operator allows here: give at most {Durations.Show(bound.GiveUpAfter)}.");
        }

        return settings == new RetrySettings() ? null : settings;
    }

    private static IReadOnlyList<TimeSpan>? ReadSchedule(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > RetryRules.MaxSchedule)
        {
            errors.Add("retry.schedule", $"must be an array of 2 to {RetryRules.MaxSchedule} durations, like [\"0s\", \"30s\", \"10m\"].");
            return null;
        }

        return [.. value.EnumerateArray().Select((item, index) => ReadDuration(item, Invariant($"retry.schedule[{index}]"), errors) ?? (index == 0 ? TimeSpan.Zero : Shortest))];
    }

    private static RetryBackoff ReadBackoff(JsonElement value, FieldErrors errors)
    {
        var backoff = new RetryBackoff();
        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add("retry.backoff", "must be an object, like {\"initial\": \"10s\", \"factor\": 2, \"max\": \"1h\"}.");
            return backoff;
        }

        foreach (var property in value.EnumerateObject())
        {
            var at = "retry.backoff." + property.Name;
            backoff = property.Name switch
            {
                "initial" => backoff with { Initial = ReadDuration(property.Value, at, errors) ?? backoff.Initial },
                "factor" => backoff with { Factor = ReadNumber(property.Value, 1, RetryRules.MaxFactor, at, errors) ?? backoff.Factor },
                "max" => backoff with { Max = ReadDuration(property.Value, at, errors) ?? backoff.Max },
                _ => Unknown(backoff, at, "initial, factor and max", errors),
            };
        }

        return backoff;
    }

    private static TimeSpan? ReadDuration(JsonElement value, string at, FieldErrors errors)
    {
        var duration = value.ValueKind == JsonValueKind.String ? Durations.Parse(value.GetString()!) : null;
        if (duration is null || duration > RetryRules.Longest)
        {
            errors.Add(at, $"must be a duration like \"15s\", \"5m\" or \"1d\", at most {Durations.Show(RetryRules.Longest)}.");
            return null;
        }

        return duration;
    }

    private static double? ReadNumber(JsonElement value, double min, double max, string at, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number >= min && number <= max)
        {
            return number;
        }

        errors.Add(at, Invariant($"must be a number from {min} to {max}."));
        return null;
    }

    private static List<string>? ReadStatuses(JsonElement value, string at, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > RetryRules.MaxStatuses)
        {
            errors.Add(at, $"must be an array of 1 to {RetryRules.MaxStatuses} statuses, like [\"429\", \"5xx\"].");
            return null;
        }

        var statuses = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            var status = item.ValueKind switch
            {
                JsonValueKind.String => item.GetString()!,
                JsonValueKind.Number => item.GetRawText(),
                _ => "",
            };
            if (StatusPattern.Problem(status) is { } problem)
            {
                errors.Add(Invariant($"{at}[{statuses.Count}]"), problem);
            }

            statuses.Add(status);
        }

        return statuses;
    }

    private static T Unknown<T>(T settings, string at, string known, FieldErrors errors)
    {
        errors.Add(at, $"is not a field; there are {known}.");
        return settings;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
