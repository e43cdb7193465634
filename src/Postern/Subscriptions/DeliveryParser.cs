using System.Globalization;
using System.Text.Json;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Delivery;
using Postern.Egress.Tls;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Reads the field <c>delivery</c>, and tells everything that is wrong with it at once. No message repeats a secret.</summary>
internal static class DeliveryParser
{
    private const string Parts = "auth, headers and tls";

    public static DeliveryFields Read(JsonElement value, PosternConfiguration configuration, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return new DeliveryFields { Given = new HashSet<string>(StringComparer.Ordinal) { "auth", "headers", "tls" } };
        }

        var given = new HashSet<string>(StringComparer.Ordinal);
        var fields = new DeliveryFields { Given = given };
        if (!IsObject(value, "delivery", $"an object with {Parts}, or null", errors))
        {
            return fields;
        }

        foreach (var property in value.EnumerateObject())
        {
            given.Add(property.Name);
            var isNull = property.Value.ValueKind == JsonValueKind.Null;
            switch (property.Name)
            {
                case "auth" or "headers" or "tls" when isNull:
                    break;
                case "auth":
                    fields = fields with { Auth = AuthParser.Read(property.Value, configuration, errors) };
                    break;
                case "headers":
                    fields = fields with { Headers = ReadHeaders(property.Value, errors) };
                    break;
                case "tls":
                    fields = ReadTls(fields, property.Value, errors);
                    break;
                default:
                    errors.Add("delivery." + property.Name, $"is not a field; there are {Parts}.");
                    break;
            }
        }

        return fields;
    }

    internal static bool IsObject(JsonElement value, string at, string what, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        errors.Add(at, $"must be {what}.");
        return false;
    }

    /// <summary>A string that passes its rule; null, and an error, when it is none or missing.</summary>
    internal static string? ReadText(JsonElement owner, string at, string name, Func<string, string?> rule, FieldErrors errors)
    {
        if (!owner.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            errors.Add($"{at}.{name}", "is missing.");
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if ((text is null ? "must be a string." : rule(text)) is { } problem)
        {
            errors.Add($"{at}.{name}", problem);
            return null;
        }

        return text;
    }

    private static Dictionary<string, string>? ReadHeaders(JsonElement value, FieldErrors errors)
    {
        const string At = "delivery.headers";
        if (!IsObject(value, At, "an object of names and values, or null", errors))
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in value.EnumerateObject())
        {
            var problem = HeaderRules.NameProblem(property.Name)
                ?? (property.Value.ValueKind == JsonValueKind.String ? HeaderRules.ValueProblem(property.Name, property.Value.GetString()!) : "must be a string.")
                ?? (headers.TryAdd(property.Name, property.Value.GetString()!) ? null : "is there twice: the case of a name makes no difference.");
            if (problem is not null)
            {
                errors.Add($"{At}.{property.Name}", problem);
            }
        }

        if (headers.Count > HeaderRules.Most || headers.Sum(static header => header.Key.Length + header.Value.Length) > HeaderRules.MaxTotalLength)
        {
            errors.Add(At, string.Create(
                CultureInfo.InvariantCulture, $"must have at most {HeaderRules.Most} headers and {HeaderRules.MaxTotalLength} characters in all."));
        }

        return headers.Count == 0 ? null : headers;
    }

    private static DeliveryFields ReadTls(DeliveryFields fields, JsonElement value, FieldErrors errors)
    {
        const string At = "delivery.tls";
        if (!IsObject(value, At, "an object with ca, certificate and key, or null", errors))
        {
            return fields;
        }

        foreach (var property in value.EnumerateObject().Where(property => property.Name is not ("ca" or "certificate" or "key")))
        {
            errors.Add($"{At}.{property.Name}", "is not a field; there are ca, certificate and key.");
        }

        var (ca, authorities) = (Pem("ca"), (AuthoritySet?)null);
        if (ca is not null)
        {
            (authorities, var problem) = AuthoritySet.Read(ca);
            Report("ca", problem);
        }

        var (certificate, key, client) = (Pem("certificate"), Pem("key"), (ClientCertificate?)null);
        if (certificate is not null && key is not null)
        {
            (client, var problem) = ClientCertificate.Read(certificate, key);
            Report("certificate", problem);
        }
        else if (IsGiven("certificate") != IsGiven("key"))
        {
            errors.Add(IsGiven("key") ? $"{At}.certificate" : $"{At}.key", "is missing: certificate and key go together.");
        }

        DateTimeOffset?[] ends = [authorities?.Until, client?.Until];
        return ends.Min() is not { } first ? fields : fields with
        {
            Tls = new DeliveryTls { Ca = ca, Certificate = certificate, Key = key },
            TlsShown = new TlsView { Ca = ca is not null, Certificate = client?.Subject, Expires = first },
        };

        bool IsGiven(string name) => value.TryGetProperty(name, out var given) && given.ValueKind != JsonValueKind.Null;

        string? Pem(string name) => IsGiven(name) ? ReadText(value, At, name, PemProblem, errors) : null;

        void Report(string name, string? problem)
        {
            if (problem is not null)
            {
                errors.Add($"{At}.{name}", problem);
            }
        }
    }

    private static string? PemProblem(string text) => text.Length <= DeliveryRules.MaxPemLength
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"must have at most {DeliveryRules.MaxPemLength} characters.");
}
