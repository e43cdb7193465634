using Microsoft.AspNetCore.Http;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Gateway.Pipeline;

/// <summary>What a caller is told of an exception: never its text, unless it was written for callers.</summary>
internal static class Failures
{
    /// <summary>The problem of an exception that was foreseen; null for one that was not.</summary>
    public static ProblemException? Of(Exception exception) => exception switch
    {
        ProblemException problem => problem,
        StoreUnavailableException => Problems.Unavailable("The gateway cannot store anything at the moment; nothing of this call was kept."),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            Problems.TooLarge("The body is larger than this call takes."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
            new(Problems.Make(408, "timeout", "The request came too slowly", "The body of the request stopped coming.")),
        BadHttpRequestException => Problems.Malformed("The body of the request could not be read to its end."),
        _ => null,
    };

    public static ProblemException Unforeseen { get; } =
        new(Problems.Make(500, "internal", "The gateway failed", "The fault is the gateway's. Its log knows the X-Request-Id of this response."));
}
