using System.ComponentModel;
using System.Text.Json;
using Postern.Model;
using Postern.Operations;

namespace Postern.Monitoring;

[Description("What to send again, and for whom: exactly one of `subscription`, `endpoint` and `all`. For the last two there is `dead` only.")]
internal sealed record JobOrder : ReplayRequest
{
    [Description("Id of the subscription.")]
    public string? Subscription { get; init; }

    [Description("Scheme, host and port that callbacks go to, `https://example.com:443`; a path is ignored.")]
    public string? Endpoint { get; init; }

    [Description("true: the dead callbacks of all subscriptions.")]
    public bool? All { get; init; }

    /// <summary>What is asked, and of whom; throws a 422 that names all that is wrong.</summary>
    internal static (ReplayRequest Request, string? Subscription, string? Endpoint) ReadOrder(JsonElement body)
    {
        var errors = new FieldErrors();
        var request = Read(body, errors, "subscription", "endpoint", "all");
        var subscription = ReadText(body, "subscription", errors);
        var endpoint = ReadEndpoint(body, errors);
        var all = false;
        if (body.TryGetProperty("all", out var value))
        {
            all = value.ValueKind == JsonValueKind.True;
            if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                errors.Add("all", "must be true or false.");
            }
        }

        if (!errors.Any && (subscription is null ? 0 : 1) + (endpoint is null ? 0 : 1) + (all ? 1 : 0) != 1)
        {
            errors.Add("subscription", "give exactly one of \"subscription\": \"sub_…\", \"endpoint\": \"https://…\" and \"all\": true.");
        }
        else if (!errors.Any && subscription is null && request.Kind != JobKind.Dead)
        {
            errors.Add("dead", "for an endpoint or all there is \"dead\": true only; the rest is asked for one subscription.");
        }

        errors.Throw();
        return (request, subscription, endpoint);
    }

    /// <summary>The endpoint of a body, as the store names it; null where it is missing or wrong.</summary>
    internal static string? ReadEndpoint(JsonElement body, FieldErrors errors)
    {
        if (ReadText(body, "endpoint", errors) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0)
        {
            return EndpointName.Of(uri);
        }

        errors.Add("endpoint", "must be an http or https URL, like \"https://example.com:443\".");
        return null;
    }

    private static string? ReadText(JsonElement body, string name, FieldErrors errors)
    {
        if (!body.TryGetProperty(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        errors.Add(name, "must be a text.");
        return null;
    }
}

[Description("The endpoint whose dead callbacks are sent again.")]
internal sealed record EndpointReplayRequest
{
    [Description("Scheme, host and port that callbacks go to, `https://example.com:443`; a path is ignored.")]
    public required string Endpoint { get; init; }

    [Description("Callbacks a second, 1 to 10,000; 200 when missing.")]
    public int? Rate { get; init; }
}
