namespace Postern.EndToEnd.Harness;

/// <summary>A <c>postern.yaml</c> of a scenario: ports of its own, callbacks to this machine allowed.</summary>
internal sealed record GatewaySetup
{
    public string Gateway { get; } = $"http://127.0.0.1:{FreePort.Next()}";

    public string Admin { get; } = $"http://127.0.0.1:{FreePort.Next()}";

    public required string Upstream { get; init; }

    /// <summary>Where the database stands.</summary>
    public required string Data { get; init; }

    /// <summary>More of <c>callbacks</c>, as flow entries. Retries come quickly, so that a scenario sees them.</summary>
    public string Callbacks { get; init; } = "schedule: [0s, 200ms, 500ms, 1s, 1s, 1s, 1s, 1s], jitter: 0";

    /// <summary>More of the one API, as flow entries; every resource of it can be subscribed to.</summary>
    public string Api { get; init; } = "";

    /// <summary>More of the document, as blocks.</summary>
    public string More { get; init; } = "";

    public string Yaml =>
        $$"""
        gateway: { listen: {{Gateway}} }
        admin: { listen: {{Admin}} }
        store: sqlite:{{Data}}/postern.db
        egress: { allow: [127.0.0.0/8] }
        callbacks: { {{Callbacks}} }
        apis:
          shop: { upstream: {{Upstream}}{{(Api.Length == 0 ? "" : ", " + Api)}} }
        {{More}}
        """;
}
