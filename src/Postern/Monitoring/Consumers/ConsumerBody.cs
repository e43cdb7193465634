using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Postern.Model.Access;
using Postern.Operations;

namespace Postern.Monitoring.Consumers;

/// <summary>Reads what the calls on consumers are given.</summary>
internal static class ConsumerBody
{
    private const int MostScopes = 100;

    public static async Task<T> ReadAsync<T>(HttpContext context)
        where T : class, new()
    {
        var body = await RequestBody.TryReadObjectAsync(context, RequestBody.MergePatch);
        try
        {
            return body is { } given ? given.Deserialize<T>(Json.Options)! : new T();
        }
        catch (JsonException exception)
        {
            // The path alone: what was sent may be a secret.
            throw Problems.Malformed($"The body has a field that this call does not know, or with a value of another type: {exception.Path}.");
        }
    }

    /// <param name="findFault">What is wrong with one that is a scope, completing "'scope' …"; null when nothing is.</param>
    public static void CheckScopes(IReadOnlyList<string>? scopes, Func<Scope, string?> findFault, FieldErrors errors)
    {
        if (scopes is { Count: > MostScopes })
        {
            errors.Add("scopes", $"has more than {MostScopes} entries.");
        }

        foreach (var text in scopes ?? [])
        {
            var fault = Scope.TryParse(text, out var scope)
                ? findFault(scope)
                : "is no scope: write read, subscribe or publish, alone or with a path or an event type, such as read:/orders or publish:orders.*, or audience:partners.";
            if (fault is not null)
            {
                errors.Add("scopes", $"'{text}' {fault}");
            }
        }
    }
}

[Description("A consumer to make.")]
internal sealed record NewConsumer
{
    [Description("1 to 64 letters, digits, `.`, `_` and `-`. It never changes.")]
    public string? Name { get; init; }

    [Description("What it may do: `subscribe`, `read:/orders`, `publish:orders.*`, `audience:partners`. Left out: `subscribe`.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    [Description("Whether it may see what is announced about everybody's subscriptions.")]
    public bool Operator { get; init; }
}

[Description("What to change about a consumer; what is left out stays.")]
internal sealed record ConsumerPatch
{
    [Description("What it may do from now on.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    [Description("Whether it may see what is announced about everybody's subscriptions.")]
    public bool? Operator { get; init; }
}
