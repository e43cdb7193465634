using System.Globalization;
using System.Text;
using System.Text.Json;
using Postern.Configuration;
using Postern.Egress;
using Postern.Model;
using Postern.Model.Filters;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Reads the fields of a subscription out of a request, and tells everything that is wrong with them at once.</summary>
internal static class SubscriptionFieldsParser
{
    public const int MaxEvents = 100;
    public const int MaxMetadataBytes = 16 * 1024;

    private static readonly Dictionary<string, string> ReadOnlyFields = new(StringComparer.Ordinal)
    {
        ["id"] = "cannot be changed.",
        ["resource"] = "cannot be changed; it is the path you subscribe at.",
        ["key"] = "cannot be changed; it is the path you subscribe at.",
        ["state"] = "cannot be set; use /pause and /resume.",
        ["reason"] = "cannot be set.",
        ["created"] = "cannot be set.",
        ["previousSecretExpires"] = "cannot be set; use /rotate-secret.",
    };

    public static SubscriptionFields ReadNew(JsonElement body, EventTypes types, PosternConfiguration configuration, string path)
    {
        var errors = new FieldErrors();
        if (!body.TryGetProperty("callback", out _))
        {
            errors.Add("callback", "is missing: give the URL to call back.");
        }

        var fields = Read(body, types, configuration, path, errors);
        if (body.TryGetProperty("secret", out var secret))
        {
            fields = fields with { Secret = ReadSecret(secret, errors) };
        }

        errors.Throw();
        return fields;
    }

    public static SubscriptionFields ReadPatch(JsonElement body, EventTypes types, PosternConfiguration configuration, Subscription found)
    {
        var errors = new FieldErrors();
        if (body.TryGetProperty("secret", out _))
        {
            errors.Add("secret", "cannot be set; use /rotate-secret.");
        }

        if (body.TryGetProperty("order", out _))
        {
            // What is owed already would stand in two orders at once.
            errors.Add("order", "cannot be changed: make another subscription with it, and unsubscribe this one.");
        }

        var fields = Read(body, types, configuration, found.Path, errors);
        errors.Throw();
        if (found.Delivery is not null && !fields.IsSameReceiver(found.Callback) && fields.Delivery is null)
        {
            errors.Add("delivery", "was given for another receiver: give it again with the new callback, or null to go without it.");
            errors.Throw();
        }

        return fields;
    }

    /// <summary>A secret of the caller's own; null when it is left to us.</summary>
    public static byte[]? ReadSecret(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var secret = value.ValueKind == JsonValueKind.String ? SigningSecret.Parse(value.GetString()!) : null;
        if (secret is null)
        {
            // The value is not repeated: answers end up in logs.
            errors.Add("secret", $"must be {SigningSecret.Prefix} and {SigningSecret.MinBytes} to {SigningSecret.MaxBytes} bytes in base64.");
        }

        return secret;
    }

    private static SubscriptionFields Read(JsonElement body, EventTypes types, PosternConfiguration configuration, string path, FieldErrors errors)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        var fields = new SubscriptionFields { Given = given };
        foreach (var (name, value) in body.EnumerateObject().Select(property => (property.Name, property.Value)))
        {
            given.Add(name);
            switch (name)
            {
                case "callback":
                    fields = fields with { Callback = ReadCallback(value, configuration, errors) };
                    break;
                case "events":
                    fields = fields with { Events = ReadEvents(value, types, errors) };
                    break;
                case "filter":
                    fields = fields with { Filter = ReadFilter(value, errors) };
                    break;
                case "mode":
                    fields = fields with { Mode = ReadMode(value, errors) };
                    break;
                case "metadata":
                    fields = fields with { Metadata = ReadMetadata(value, errors) };
                    break;
                case "order":
                    fields = fields with { Order = ReadOrder(value, errors) };
                    break;
                case "retry":
                    fields = fields with { Retry = RetryParser.Read(value, RetryPolicies.OfOperator(configuration, path), errors) };
                    break;
                case "delivery":
                    fields = fields with { Delivery = DeliveryParser.Read(value, configuration, errors) };
                    break;
                case "secret":
                    break;
                default:
                    errors.Add(
                        name,
                        ReadOnlyFields.GetValueOrDefault(name)
                            ?? "is not a field; there are callback, events, filter, mode, metadata, retry, delivery and, to subscribe, order and secret.");
                    break;
            }
        }

        return fields;
    }

    private static string? ReadCallback(JsonElement value, PosternConfiguration configuration, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            errors.Add("callback", "must be a string: the URL to call back.");
            return null;
        }

        var url = value.GetString()!;
        if (CallbackUrl.Check(url, configuration) is { } wrong)
        {
            errors.Add("callback", wrong);
        }

        return url;
    }

    private static IReadOnlyList<string> ReadEvents(JsonElement value, EventTypes types, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxEvents)
        {
            errors.Add("events", string.Create(CultureInfo.InvariantCulture, $"must be an array of at most {MaxEvents} event types, like [\"orders.created\"]."));
            return [];
        }

        var wanted = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            var type = item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
            if (types.Check(type) is { } wrong)
            {
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"events[{wanted.Count}]"), wrong);
            }

            wanted.Add(type);
        }

        return [.. wanted.Distinct(StringComparer.Ordinal)];
    }

    private static string? ReadFilter(JsonElement value, FieldErrors errors)
    {
        var parsed = FilterParser.Parse(value);
        foreach (var error in parsed.Errors)
        {
            errors.Add(error.Path, error.Message);
        }

        return parsed.Filter is null ? null : value.GetRawText();
    }

    private static CallbackMode ReadMode(JsonElement value, FieldErrors errors)
    {
        switch (value.ValueKind == JsonValueKind.String ? value.GetString() : null)
        {
            case "binary":
                return CallbackMode.Binary;
            case "structured":
                return CallbackMode.Structured;
            default:
                if (value.ValueKind != JsonValueKind.Null)
                {
                    errors.Add("mode", "must be \"binary\" or \"structured\".");
                }

                return CallbackMode.Binary;
        }
    }

    private static SubscriptionOrder ReadOrder(JsonElement value, FieldErrors errors)
    {
        switch (value.ValueKind == JsonValueKind.String ? value.GetString() : null)
        {
            case "key":
                return SubscriptionOrder.Key;
            case "none":
                return SubscriptionOrder.None;
            default:
                if (value.ValueKind != JsonValueKind.Null)
                {
                    errors.Add("order", "must be \"none\" or \"key\".");
                }

                return SubscriptionOrder.None;
        }
    }

    private static string? ReadMetadata(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var text = value.GetRawText();
        if (value.ValueKind != JsonValueKind.Object || Encoding.UTF8.GetByteCount(text) > MaxMetadataBytes)
        {
            errors.Add("metadata", "must be a JSON object of at most 16 KiB.");
        }

        return text;
    }
}
