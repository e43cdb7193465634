using System.Globalization;
using Microsoft.AspNetCore.Http;
using Postern.Model.CloudEvents;
using Postern.Operations;

namespace Postern.Gateway.Pipeline;

/// <summary>Ends calls that callbacks cause again and again: a gateway that calls itself, or two that call each other.</summary>
internal static class Loops
{
    /// <summary>How many callbacks led to a call, one after the other. Of several counts the largest holds.</summary>
    public static int HopsOf(IHeaderDictionary headers)
    {
        var most = 0;
        foreach (var value in headers[Hops.Header])
        {
            most = Math.Max(most, Hops.Parse(value?.Trim()));
        }

        return most;
    }

    /// <exception cref="ProblemException">It came over too many (508, RFC 5842 §7.2).</exception>
    public static void Refuse(IHeaderDictionary headers)
    {
        if (HopsOf(headers) > Hops.Most)
        {
            throw new ProblemException(Problems.Make(
                508, "loop", "Callbacks go round in a circle",
                string.Create(CultureInfo.InvariantCulture, $"More than {Hops.Most} callbacks led to this call, one after the other ({Hops.Header}): one of them calls what makes it.")));
        }
    }
}
