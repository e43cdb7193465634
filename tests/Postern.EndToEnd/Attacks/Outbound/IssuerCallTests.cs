using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>The calls for keys of issuers: to what the configuration names, and to what an issuer's discovery document names, which is somebody else's word.</summary>
public sealed class IssuerCallTests
{
    private static readonly int[] ForbiddenPorts = [22, 25, 110, 6379];

    [Fact]
    public async Task No_packet_reaches_a_forbidden_address_or_port_when_keys_of_issuers_are_fetched()
    {
        OutboundHouse.Require();
        using var scratch = new ScratchDirectory();
        string[] ports = [.. ForbiddenPorts.Select(static port => $"https://public.test:{port}/"), "file:///etc/passwd", "gopher://listed.test:8080/", "//10.0.0.1:8080/", "http://10.0.0.1:8080/", "https://[::1]/", "keys"];
        string[] named = [.. OutboundName.All.Select(static name => name.Url), .. ports];
        var issuers = OutboundName.All.Select(static (name, number) => $"    j{number}: {{ issuer: \"https://j{number}.test\", audience: postern, keys: {{ jwks: \"{name.Url}\" }} }}")
            .Concat(named.Select(static (_, number) => $"    d{number}: {{ issuer: \"https://d{number}.test\", audience: postern, keys: {{ discovery: \"http://{OutboundHouse.Listed}:8080/{number}\" }} }}"));
        await using var house = await OutboundHouse.StartAsync(
            scratch,
            setup => setup with
            {
                More = $"identity:\n  issuers:\n{string.Join('\n', issuers)}\nconsumers: {{ acme: {{ credentials: [ {{ type: jwt, issuer: j0, claims: {{ sub: acme }} }} ] }} }}",
            },
            house =>
            {
                house.SetNames();
                house.Names.Set("public.test", NameAnswer.At(OutboundHouse.Public));
                house.Names.Set("listed.test", NameAnswer.At(OutboundHouse.Listed));
                house.Canary.Body = path => int.TryParse(path.TrimStart('/'), out var number)
                    ? new JsonObject { ["issuer"] = $"https://d{number}.test", ["jwks_uri"] = named[number] }.ToJsonString()
                    : null;
            });

        // All are fetched at the start, and again while there are no keys: those that move have moved by then.
        await Eventually.TrueAsync(
            () => OutboundName.All.All(name => house.Names.Questions(name.Host) >= (name.Answer.Then is null ? 2 : 4)),
            () => $"{OutboundName.All.Count(name => house.Names.Questions(name.Host) < (name.Answer.Then is null ? 2 : 4))} names are still to be asked for", seconds: 90);
        var forbidden = 2 * OutboundName.All.Count(static name => name.IsForbidden);
        await Eventually.TrueAsync(async () => await house.CountAsync("postern_egress_refused_total") >= forbidden * 3 / 4, () => $"{forbidden} calls are refused", seconds: 60);
        await house.AssertHarmlessAsync();
    }

    [Fact]
    public async Task The_gateway_calls_none_of_its_own_ports_where_its_own_address_is_listed()
    {
        OutboundHouse.Require();
        using var scratch = new ScratchDirectory();
        await using var house = await OutboundHouse.StartAsync(
            scratch,
            static setup => setup with
            {
                EgressAllow = $"127.0.0.0/8, {OutboundHouse.Listed}/32",
                More = $$"""
                    identity:
                      issuers:
                        gateway: { issuer: "https://gateway.test", audience: postern, keys: { jwks: "{{setup.Gateway.Replace("127.0.0.1", "self.test", StringComparison.Ordinal)}}/orders" } }
                        admin: { issuer: "https://admin.test", audience: postern, keys: { jwks: "{{setup.Admin}}/api/consumers" } }
                    """,
            },
            static house => house.Names.Set("self.test", NameAnswer.At("127.0.0.1")));
        await Eventually.TrueAsync(async () => await house.CountAsync("postern_egress_refused_total") >= 2, () => "the keys of both issuers are refused");

        string[] urls =
        [
            .. ((string[])[house.Gateway.Setup.Gateway, house.Gateway.Setup.Admin]).SelectMany(static url =>
                (string[])[url.Replace("127.0.0.1", "self.test", StringComparison.Ordinal) + "/events", url.Replace("127.0.0.1", "self.test", StringComparison.Ordinal) + "/healthz"]),
        ];
        foreach (var (index, url) in urls.Index())
        {
            await house.CallAsync(OutboundCall.All[0], await house.Gateway.Client.SubscribeAsync($"/orders/{index}", url));
        }

        await house.SettledAsync("callbacks to the gateway itself");
        var attempts = (await house.Gateway.AdminAsync("/api/attempts"))["items"]!.AsArray();
        Assert.Equal(urls.Length, attempts.Count);
        Assert.All(attempts, static attempt => Assert.Contains("does not call this address", (string?)attempt!["error"], StringComparison.Ordinal));
    }
}
