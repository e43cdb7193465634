using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Postern.Gateway.Pipeline;
using Postern.Operations;
using Yarp.ReverseProxy.Forwarder;

namespace Postern.Gateway.Proxy;

/// <summary>Bounds a body that is passed on as it comes: nothing of it is kept, so only its length is looked at.</summary>
internal static class PassingBody
{
    /// <summary>Sets the bound; a body that says it is longer is refused before the API hears of it.</summary>
    public static void Bound(HttpContext context, long? most)
    {
        var request = context.Request;
        if (request.ContentLength > most)
        {
            throw TooLarge(context);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // The bound that counts is ours.
            limit.MaxRequestBodySize = null;
        }

        if (most is { } bytes && request.ContentLength is null && context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
        {
            request.Body = new BoundedBody(request.Body, bytes);
        }
    }

    /// <summary>What was wrong with the body, found while it was passed on; null when that was not why the call failed.</summary>
    public static ProblemException? FindFault(HttpContext context)
    {
        var fault = CausesOf(context.GetForwarderErrorFeature()?.Exception).OfType<BadHttpRequestException>().FirstOrDefault();
        return fault?.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge(context)
            : fault is null ? null
            : Failures.Of(fault);
    }

    private static IEnumerable<Exception> CausesOf(Exception? exception) => exception switch
    {
        null => [],
        AggregateException several => several.InnerExceptions.SelectMany(CausesOf),
        _ => [exception, .. CausesOf(exception.InnerException)],
    };

    private static ProblemException TooLarge(HttpContext context)
    {
        // Else the server would read the rest, to find the next request behind it.
        LastAnswer.Announce(context);
        return Problems.TooLarge("The body is larger than what is passed on here (limits.maxBodyBytes of the gateway, the API or the resource).");
    }
}
