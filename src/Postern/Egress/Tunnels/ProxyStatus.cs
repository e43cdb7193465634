using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Egress.Tunnels;

/// <summary>What an egress listener tells about its dial, in the field that intermediaries have for it (RFC 9209).</summary>
/// <param name="Fault">Why there is no tunnel; null: there is one.</param>
/// <param name="Address">The address that was dialled, <c>192.0.2.1:443</c>; null: none was.</param>
internal sealed partial record ProxyStatus(EgressFault? Fault, string? Address)
{
    public const string Field = "Proxy-Status";

    /// <summary>Said of a request that is none (§2.3.23).</summary>
    public const string NoRequest = "postern; error=http_request_error; details=\"The gateway was asked for no connection that it could make.\"";

    /// <summary>The errors of §2.3 for what can come of a dial, each with the status that it recommends.</summary>
    /// <remarks>A name server's failures share one error and are told apart by its answer (<c>rcode</c>, §2.3.2).</remarks>
    private static readonly (EgressFailure Failure, int Status, string Error)[] errors =
    [
        (EgressFailure.DnsNotFound, 502, "dns_error; rcode=\"NXDOMAIN\""),
        (EgressFailure.DnsUnavailable, 502, "dns_error; rcode=\"SERVFAIL\""),
        (EgressFailure.DnsTimeout, 504, "dns_timeout"),
        (EgressFailure.Refused, 502, "destination_ip_prohibited"),
        (EgressFailure.ConnectRefused, 502, "connection_refused"),
        (EgressFailure.ConnectUnreachable, 502, "destination_ip_unroutable"),
        (EgressFailure.ConnectTimeout, 504, "connection_timeout"),
        (EgressFailure.Connect, 503, "destination_unavailable"),
        (EgressFailure.Reset, 502, "connection_terminated"),
        (EgressFailure.Shortage, 503, "connection_limit_reached"),
        (EgressFailure.Proxy, 500, "proxy_configuration_error"),
        (EgressFailure.Gateway, 500, "proxy_internal_error"),
        (EgressFailure.Gateway, 400, "http_request_error"),
    ];

    public int Status => Fault is { } fault ? ErrorOf(fault.Failure).Status : 200;

    /// <summary>The error's name, for a metric; <c>opened</c> where there is none.</summary>
    public string Kind => Fault is { } fault ? ErrorOf(fault.Failure).Error.Split(';')[0] : "opened";

    public string Write()
    {
        var text = new StringBuilder("postern");
        if (Fault is { } fault)
        {
            text.Append("; error=").Append(ErrorOf(fault.Failure).Error).Append("; details=").Append(Quote(fault.Text));
        }

        return Address is null ? text.ToString() : text.Append("; next-hop=").Append(Quote(Address)).ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null where it is something else.</summary>
    public static ProxyStatus? Read(string value)
    {
        var item = Item().Match(value);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, text) in item.Groups["key"].Captures.Zip(item.Groups["value"].Captures))
        {
            parameters[key.Value] = text.Value.StartsWith('"') ? Escaped().Replace(text.Value[1..^1], "${letter}") : text.Value;
        }

        var address = parameters.GetValueOrDefault("next-hop");
        if (!parameters.TryGetValue("error", out var error))
        {
            return address is null ? null : new ProxyStatus(null, address);
        }

        var said = parameters.TryGetValue("rcode", out var rcode) ? $"{error}; rcode=\"{rcode}\"" : error;
        return Array.Find(errors, entry => entry.Error == said) is { Error: not null } found
            ? new ProxyStatus(new EgressFault(found.Failure, parameters.GetValueOrDefault("details") ?? error), address)
            : null;
    }

    // What no dial ends with is the gateway's own trouble.
    private static (EgressFailure Failure, int Status, string Error) ErrorOf(EgressFailure failure) =>
        Array.Find(errors, entry => entry.Failure == failure) is { Error: not null } found ? found : ErrorOf(EgressFailure.Gateway);

    // RFC 9651 §3.3.3: a string holds visible ASCII and spaces.
    private static string Quote(string text) =>
        $"\"{string.Concat(text.Select(static letter => letter is '"' or '\\' ? $"\\{letter}" : letter is >= ' ' and <= '~' ? letter.ToString() : "?"))}\"";

    [GeneratedRegex("""\Apostern(; ?(?<key>[a-z-]+)=(?<value>"(?:[^"\\]|\\["\\])*"|[a-z_]+))+\z""", RegexOptions.ExplicitCapture)]
    private static partial Regex Item();

    [GeneratedRegex("""\\(?<letter>["\\])""", RegexOptions.ExplicitCapture)]
    private static partial Regex Escaped();
}
