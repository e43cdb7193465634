using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Access;

namespace Postern.Operations;

/// <summary>What a gateway call is about, found once by the gateway before it is dispatched.</summary>
public sealed class GatewayCall
{
    /// <summary>The one snapshot of the configuration that this request sees.</summary>
    public required PosternConfiguration Configuration { get; init; }

    /// <summary>Where the call comes from, as trusted proxies say; IPv4 as IPv4. Null where the connection has no address.</summary>
    public IPAddress? Address { get; init; }

    /// <summary><c>http</c> or <c>https</c>: how the client called the outermost trusted proxy; null where none says so.</summary>
    public string? ForwardedScheme { get; init; }

    /// <summary>The host that the client asked that proxy for, with its port; null where none says so.</summary>
    public string? ForwardedHost { get; init; }

    /// <summary>Who calls; null when no valid credentials came with the call.</summary>
    public Consumer? Consumer { get; set; }

    /// <summary>What the caller proved it with; null for the anonymous caller and for none.</summary>
    public Credential? Credential { get; set; }

    /// <summary>What the caller may do; nothing where nobody was recognised.</summary>
    public Scopes Scopes { get; set; } = Scopes.None;

    /// <summary>How a 401 asks for the kinds of credentials that are taken here: values of <c>WWW-Authenticate</c>.</summary>
    public IReadOnlyList<string> Challenges { get; set; } = [];

    /// <summary>Name of the API the path belongs to; null for <c>/events</c>.</summary>
    public string? Api { get; set; }

    /// <summary>It is <c>POST /events</c>, however its path is written.</summary>
    internal bool Publishes { get; set; }

    /// <summary>Path of the resource of a subscription call, <c>/orders</c>.</summary>
    public string Resource { get; set; } = "/";

    /// <summary>Key of the record, for a call below one record: <c>42</c>.</summary>
    public string? Key { get; set; }

    /// <summary>Path of what the call is about: the resource's, or that of its record.</summary>
    public string Path => Key is null ? Resource : Resource.TrimEnd('/') + "/" + Key;

    /// <summary>The <c>{id}</c> of the operation's path; null when it has none.</summary>
    public string? Id { get; set; }

    /// <summary>The <c>{job}</c> of the operation's path; null when it has none.</summary>
    public string? Job { get; set; }
}

public static class GatewayCallExtensions
{
    /// <summary>The gateway call of this request; it is there in every operation of the gateway port.</summary>
    public static GatewayCall GatewayCall(this HttpContext context) => context.Features.GetRequiredFeature<GatewayCall>();

    /// <summary>Who calls; 401 when no valid credentials came with the call.</summary>
    public static Consumer RequireConsumer(this GatewayCall call) => call.Consumer ?? throw Problems.Unauthenticated();
}
