using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Postern.Operations;
using Yarp.ReverseProxy.Forwarder;

namespace Postern.Gateway.Proxy;

/// <summary>One request that is passed on and its response: what YARP leaves open of a proxy's duties (RFC 9110 §7.6).</summary>
/// <param name="target">Path and query, as the other side is to see them.</param>
internal class ProxiedExchange(string target, GatewayCall call) : HttpTransformer
{
    private const string Pseudonym = "postern";

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Why the response was not passed on; null when it was.</summary>
    public ProblemException? Failure { get; protected set; }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        // Not canonicalised: the other side sees the very path that was decided on.
        proxyRequest.RequestUri = new Uri(destinationPrefix + target, AsWritten);

        var request = httpContext.Request;
        var headers = proxyRequest.Headers;
        headers.Add("X-Forwarded-Host", call.ForwardedHost ?? request.Host.Value ?? "");
        headers.Add("X-Forwarded-Proto", call.ForwardedScheme ?? request.Scheme);
        if (call.Address is { } address)
        {
            headers.Add("X-Forwarded-For", address.ToString());
        }

        headers.Add(HeaderNames.Via, Via(request.Protocol));
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        if (FindFault(proxyResponse) is { } fault)
        {
            Failure = new ProblemException(Problems.Make(502, "bad-response", "The API's response is not valid", fault));
            return false;
        }

        await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        var headers = httpContext.Response.Headers;
        foreach (var name in proxyResponse.Headers.Connection)
        {
            headers.Remove(name);
        }

        headers.Append(HeaderNames.Via, Via(HttpProtocol.GetHttpProtocol(proxyResponse.Version)));
        return true;
    }

    private static string? FindFault(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status is < 100 or > 599)
        {
            return string.Create(CultureInfo.InvariantCulture, $"Its status is {status:000}, which does not exist.");
        }

        // YARP would drop the name of the coding and pass the coded bytes on.
        return response.Headers.TransferEncoding.All(static coding => coding.Value.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            ? null
            : "It uses a transfer coding other than \"chunked\".";
    }

    // RFC 9110 §7.6.3: the version that was received.
    private static string Via(string protocol) =>
        HttpProtocol.IsHttp11(protocol) ? "1.1 " + Pseudonym
        : HttpProtocol.IsHttp2(protocol) ? "2.0 " + Pseudonym
        : HttpProtocol.IsHttp3(protocol) ? "3.0 " + Pseudonym
        : HttpProtocol.IsHttp10(protocol) ? "1.0 " + Pseudonym
        : "1.1 " + Pseudonym;
}
