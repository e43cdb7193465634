using System.Globalization;
using System.Text.Json;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Delivery;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Reads the field <c>delivery.auth</c>. No message repeats a secret.</summary>
internal static class AuthParser
{
    private const string At = "delivery.auth";
    private const string Types = "bearer, basic or oauth2";

    private static readonly Dictionary<string, string[]> fieldsByType = new(StringComparer.Ordinal)
    {
        ["bearer"] = ["type", "token"],
        ["basic"] = ["type", "username", "password"],
        ["oauth2"] = ["type", "tokenUrl", "clientId", "clientSecret", "scopes", "audience"],
    };

    public static DeliveryAuth? Read(JsonElement value, PosternConfiguration configuration, FieldErrors errors)
    {
        if (!DeliveryParser.IsObject(value, At, "an object, or null", errors))
        {
            return null;
        }

        var type = value.TryGetProperty("type", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "";
        if (!fieldsByType.TryGetValue(type, out var known))
        {
            errors.Add(At + ".type", $"must be {Types}.");
            return null;
        }

        foreach (var property in value.EnumerateObject().Where(property => !known.Contains(property.Name)))
        {
            errors.Add($"{At}.{property.Name}", $"is not a field of {type}; there are {string.Join(", ", known)}.");
        }

        return type switch
        {
            "bearer" => Text("token", DeliveryRules.TokenProblem) is { } token ? new DeliveryAuth.Bearer(token) : null,
            "basic" => (Text("username", DeliveryRules.UsernameProblem), Text("password", DeliveryRules.TextProblem)) is ({ } username, { } password)
                ? new DeliveryAuth.Basic(username, password)
                : null,
            _ => ReadOAuth2(),
        };

        string? Text(string name, Func<string, string?> rule) => DeliveryParser.ReadText(value, At, name, rule, errors);

        DeliveryAuth.OAuth2? ReadOAuth2()
        {
            var url = Text("tokenUrl", text => CallbackUrl.Check(text, configuration));
            var (id, secret) = (Text("clientId", DeliveryRules.TextProblem), Text("clientSecret", DeliveryRules.TextProblem));
            var scopes = ReadScopes(value, errors);
            var audience = value.TryGetProperty("audience", out var said) && said.ValueKind != JsonValueKind.Null ? Text("audience", DeliveryRules.TextProblem) : null;
            return url is null || id is null || secret is null
                ? null
                : new DeliveryAuth.OAuth2 { TokenUrl = url, ClientId = id, ClientSecret = secret, Scopes = scopes, Audience = audience };
        }
    }

    private static List<string> ReadScopes(JsonElement value, FieldErrors errors)
    {
        if (!value.TryGetProperty("scopes", out var given) || given.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() > DeliveryRules.MaxScopes)
        {
            errors.Add(At + ".scopes", string.Create(CultureInfo.InvariantCulture, $"must be an array of at most {DeliveryRules.MaxScopes} strings."));
            return [];
        }

        var scopes = new List<string>();
        foreach (var item in given.EnumerateArray())
        {
            var scope = item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
            if (DeliveryRules.ScopeProblem(scope) is { } problem)
            {
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"{At}.scopes[{scopes.Count}]"), problem);
            }

            scopes.Add(scope);
        }

        return scopes;
    }
}
