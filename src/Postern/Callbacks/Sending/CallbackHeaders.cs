using System.Globalization;
using Postern.Model;
using Postern.Model.CloudEvents;

namespace Postern.Callbacks.Sending;

/// <summary>The attributes of an event as headers of the binary mode (CloudEvents HTTP binding §3.1.3).</summary>
internal static class CallbackHeaders
{
    public static IReadOnlyDictionary<string, string> NoExtensions { get; } = new Dictionary<string, string>();

    /// <summary>Adds every attribute but <c>datacontenttype</c>, which is the body's content type.</summary>
    public static void AddAttributes(System.Net.Http.Headers.HttpRequestHeaders headers, Event @event)
    {
        var content = @event.Content;
        headers.Add("ce-specversion", "1.0");
        headers.Add("ce-id", HeaderEncoding.Encode(content.ProducerId ?? @event.Id));
        headers.Add("ce-type", HeaderEncoding.Encode(content.Type));
        headers.Add("ce-source", HeaderEncoding.Encode(content.Source));
        headers.Add("ce-time", Time(content.Time));
        if (content.Subject is { } subject)
        {
            headers.Add("ce-subject", HeaderEncoding.Encode(subject));
        }

        if (content.DataSchema is { } schema)
        {
            headers.Add("ce-dataschema", HeaderEncoding.Encode(schema));
        }

        if (content.Extensions is not { Count: > 0 } extensions)
        {
            return;
        }

        foreach (var extension in extensions)
        {
            if (IsSent(extension.Key))
            {
                headers.Add("ce-" + extension.Key, HeaderEncoding.Encode(extension.Value));
            }
        }
    }

    /// <summary>Who may see an event is not told to those who do; the hops it came over go on in a header of their own, one more each time.</summary>
    public static bool IsSent(string extension) =>
        !extension.Equals("audience", StringComparison.OrdinalIgnoreCase) && !extension.Equals(Hops.Attribute, StringComparison.OrdinalIgnoreCase);

    /// <summary>RFC 3339 in UTC, with as many digits as the time has.</summary>
    public static string Time(DateTimeOffset time)
    {
        // The round-trip format has seven digits always: 41 ns with the zeros cut off, and no pattern to parse.
        Span<char> text = stackalloc char[28];
        time.UtcDateTime.TryFormat(text, out var length, "O", CultureInfo.InvariantCulture);
        return string.Concat(text[..(length - 1)].TrimEnd('0').TrimEnd('.'), "Z");
    }
}
