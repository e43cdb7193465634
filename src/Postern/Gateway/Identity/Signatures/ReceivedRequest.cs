using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Postern.Gateway.Pipeline;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>What of a request can be signed, as this connection received it: what a header says of another scheme or host is not asked.</summary>
/// <param name="Scheme">Of the connection: <c>http</c> or <c>https</c>.</param>
/// <param name="Host">Host and port as they came; empty where none came.</param>
/// <param name="Target">Of the request line, or <c>:path</c>, as it came: nothing in it is decoded or resolved.</param>
internal sealed record ReceivedRequest(string Method, string Scheme, string Host, string Target, IHeaderDictionary Fields)
{
    public static ReceivedRequest Of(HttpContext context) => new(
        context.Request.Method, context.Request.Scheme, context.Request.Headers.Host.ToString(),
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, context.Request.Headers);

    /// <summary>RFC 9421 §2.2.3: in small letters, without the port that the scheme means anyway.</summary>
    public string Authority
    {
        get
        {
            var host = Host.ToLowerInvariant();
            var usual = Scheme == "https" ? ":443" : ":80";
            return host.EndsWith(usual, StringComparison.Ordinal) ? host[..^usual.Length] : host;
        }
    }

    /// <summary>RFC 9421 §2.2.6.</summary>
    public string Path => Split().Path;

    /// <summary>With its question mark, which stands alone where there is no query (RFC 9421 §2.2.7).</summary>
    public string Query => Split().Query;

    public bool HasQuery => Query.Length > 1;

    public string TargetUri => $"{Scheme}://{Authority}{RequestPath.PathAndQuery(Target)}";

    private (string Path, string Query) Split()
    {
        var whole = RequestPath.PathAndQuery(Target) ?? "";
        var question = whole.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (whole, "?") : (whole[..question], whole[question..]);
    }
}
