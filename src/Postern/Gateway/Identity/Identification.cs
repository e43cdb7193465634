using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Postern.Model;

namespace Postern.Gateway.Identity;

/// <summary>Says who calls, and takes our own credentials off the request: they are no business of the API's.</summary>
internal static class Identification
{
    public const string ApiKeyHeader = "X-API-Key";

    /// <summary>
    /// The caller; null without valid credentials. Credentials that are not ours stay for the API behind. Two that name
    /// different consumers name nobody.
    /// </summary>
    public static Consumer? Identify(ConsumerDirectory directory, IHeaderDictionary headers)
    {
        if (directory.IsEmpty)
        {
            return Consumer.Anonymous;
        }

        var (basic, clear) = Take(headers, HeaderNames.Authorization, directory.FindBasic);
        var (key, unique) = Take(headers, ApiKeyHeader, directory.FindApiKey);
        return !clear || !unique || (basic is not null && key is not null && basic != key) ? null : basic ?? key;
    }

    private static (Consumer? Consumer, bool Clear) Take(IHeaderDictionary headers, string name, Func<string?, Consumer?> find)
    {
        var values = headers[name];
        Consumer? consumer = null;
        foreach (var value in values)
        {
            consumer ??= find(value);
        }

        if (consumer is not null)
        {
            headers.Remove(name);
        }

        return (consumer, consumer is null || values.Count == 1);
    }
}
