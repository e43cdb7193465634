using System.Security.Cryptography;

namespace Postern.EndToEnd.Harness;

/// <summary>A <c>postern.yaml</c> of a scenario: ports of its own, callbacks to this machine allowed.</summary>
internal sealed record GatewaySetup
{
    private static readonly string Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly int gatewayPort = FreePort.Next();
    private readonly int adminPort = FreePort.Next();

    public string Gateway => $"{Scheme}://127.0.0.1:{gatewayPort}";

    public string Admin => $"{Scheme}://127.0.0.1:{adminPort}";

    /// <summary>Where set, both ports speak TLS with a certificate of it, and the program trusts upstreams that have one.</summary>
    public TlsFiles? Tls { get; init; }

    public required string Upstream { get; init; }

    /// <summary>Where the files of the node stand.</summary>
    public required string Data { get; init; }

    /// <summary>URL of a database; null: a file in <see cref="Data"/>.</summary>
    public string? Store { get; init; }

    /// <summary>More of <c>gateway</c>, as flow entries.</summary>
    public string Port { get; init; } = "";

    /// <summary>Where callbacks may go besides the public internet: to this machine.</summary>
    public string EgressAllow { get; init; } = "127.0.0.0/8";

    /// <summary>What the process does, as <c>roles</c>; null: everything.</summary>
    public string? Roles { get; init; }

    /// <summary>More of <c>egress</c>, as flow entries.</summary>
    public string Egress { get; init; } = "";

    /// <summary>More of <c>callbacks</c>, as flow entries. Retries come quickly, so that a scenario sees them.</summary>
    public string Callbacks { get; init; } = "retry: { schedule: [0s, 200ms, 500ms, 1s], jitter: 0 }";

    /// <summary>More of the one API, as flow entries; every resource of it can be subscribed to.</summary>
    public string Api { get; init; } = "";

    /// <summary>More of the document, as blocks.</summary>
    public string More { get; init; } = "";

    public string Yaml =>
        $$"""
        gateway: { listen: {{Gateway}}{{Certificate}}{{(Port.Length == 0 ? "" : ", " + Port)}} }
        admin: { listen: {{Admin}}{{Certificate}} }
        store: {{Store ?? $"sqlite:{Data}/postern.db"}}{{(Store is null ? "" : $"\nsecrets: {{ key: {Key} }}")}}
        egress: { allow: [{{EgressAllow}}]{{(Egress.Length == 0 ? "" : ", " + Egress)}} }
        callbacks: { {{Callbacks}} }
        apis:
          shop: { upstream: {{Upstream}}{{(Api.Length == 0 ? "" : ", " + Api)}} }
        {{(Roles is null ? "" : $"roles: [{Roles}]")}}
        {{More}}
        """;

    private string Scheme => Tls is null ? "http" : "https";

    private string Certificate => Tls is null ? "" : $", certificate: {{ path: {Tls.CertificateFile}, key: {Tls.KeyFile} }}";
}
