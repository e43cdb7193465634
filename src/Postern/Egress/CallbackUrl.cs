using System.Globalization;
using System.Net;
using Postern.Configuration;

namespace Postern.Egress;

/// <summary>
/// Checks a callback URL when it is given, so that a hopeless one is refused at once. The dialler checks again what it
/// really connects to: only that is safe.
/// </summary>
/// <remarks>
/// Plain http goes where <c>egress.plainHttp</c> says: to addresses that <c>egress.allow</c> lists, if nothing else is said. For a
/// literal and for <c>localhost</c> that is decided here; a name is left to the dialler, unless nothing is listed at all.
/// </remarks>
internal static class CallbackUrl
{
    public const int MaxLength = 2048;

    private const string NotThere =
        "points to an address or port that callbacks may not be sent to; the operator of the gateway can list it in egress.allow.";

    private static readonly IPAddress[] Localhost = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>What is wrong with a callback URL; null when it may be tried.</summary>
    public static string? Check(string url, PosternConfiguration configuration)
    {
        if (CheckSpelling(url) is { } misspelt)
        {
            return misspelt;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.IdnHost.Length == 0)
        {
            return "is not a URL; write one like https://example.com/hooks.";
        }

        var rules = EgressRules.From(configuration);
        var tls = uri.Scheme == Uri.UriSchemeHttps;
        if (!tls && rules.PlainHttp == PlainHttp.Never)
        {
            return "must be https: this gateway sends nothing over plain http (egress.plainHttp).";
        }

        var host = uri.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            return rules.MayDial(address, uri.Port, tls) ? null : NotThere;
        }

        // Resolvers read such a name as an IPv4 address of some spelling (WHATWG URL §3.5, "ends in a number").
        if (EndsInNumber(host))
        {
            return "has a host that is neither a name nor an IP address.";
        }

        // RFC 6761 §6.3: the name and all below it are this host.
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return Array.Exists(Localhost, loopback => rules.MayDial(loopback, uri.Port, tls)) ? null : NotThere;
        }

        if (!tls && rules.PlainHttp == PlainHttp.Listed && configuration.Egress.Allow.Count == 0)
        {
            return "must be https: plain http is only sent to addresses that egress.allow lists, and it lists none.";
        }

        return rules.IsWebPort(uri.Port) ? null : NotThere;
    }

    /// <summary>Refuses what parsers are known to disagree about, before any parser has seen it.</summary>
    private static string? CheckSpelling(string url)
    {
        if (url.Length > MaxLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"is {url.Length} characters long; at most {MaxLength} are allowed.");
        }

        if (url.AsSpan().ContainsAnyExceptInRange('!', '~') || url.Contains('\\', StringComparison.Ordinal))
        {
            return "holds a space, a backslash, a control or a non-ASCII character; percent-encode it, and write the host in its xn-- form.";
        }

        var authority = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? url.AsSpan(8)
            : url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? url.AsSpan(7)
            : default;
        if (authority.IsEmpty)
        {
            return "must be an absolute URL that begins with https:// or http://.";
        }

        if (url.Contains('#', StringComparison.Ordinal))
        {
            return "must not have a fragment (#…): it is never sent.";
        }

        var end = authority.IndexOfAny('/', '?');
        authority = end < 0 ? authority : authority[..end];
        return authority.IsEmpty ? "has no host."
            : authority.Contains('@') ? "must not carry a user name or password: put what the receiver needs into the path or query."
            : authority.Contains('%') ? "has a host with a percent sign: write it plainly."
            : null;
    }

    private static bool EndsInNumber(string host)
    {
        var label = host.AsSpan(host.LastIndexOf('.') + 1);
        return label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || (!label.IsEmpty && !label.ContainsAnyExceptInRange('0', '9'));
    }
}
