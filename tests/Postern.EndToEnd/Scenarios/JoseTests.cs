using System.Net;
using System.Net.Http.Headers;
using Postern.EndToEnd.Attacks.Wire;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class JoseTests
{
    private const string Audience = "postern";
    private const string Secret = "a-secret-of-issuer-and-gateway-that-has-sixty-four-bytes-or-more-of-it";

    private static readonly string[] Public = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
    private static readonly string[] Shared = ["HS256", "HS384", "HS512"];

    [Fact]
    public async Task A_token_that_a_foreign_issuer_signs_is_taken_with_every_algorithm()
    {
        Requires.NodeClients();
        using var scratch = new ScratchDirectory();
        await using var upstream = new WireUpstream();
        var port = FreePort.Next();
        var issuer = $"http://127.0.0.1:{port}";
        await using var program = NodeProgram.Start("issuer.mjs", $"{port}", Secret, Audience);
        await Eventually.TrueAsync(() => program.Output.Contains("ready", StringComparison.Ordinal), () => $"the issuer listens; it printed:\n{program.Log}");
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup
        {
            Upstream = upstream.Url, Data = scratch.File("data"), Api = "auth: { accept: jwt, anonymous: false }",
            More = $$"""
                consumers:
                  acme: { credentials: [ { type: jwt, issuer: login, claims: { sub: acme } }, { type: jwt, issuer: shared, claims: { sub: acme } } ] }
                identity:
                  issuers:
                    login: { issuer: "{{issuer}}", audience: {{Audience}}, algorithms: [{{string.Join(", ", Public)}}] }
                    shared: { issuer: "{{issuer}}/shared", audience: {{Audience}}, algorithms: [{{string.Join(", ", Shared)}}], keys: { secret: {{Secret}} } }
                """,
        });
        using var client = new HttpClient();

        foreach (var algorithm in Public.Concat(Shared))
        {
            Assert.Equal(HttpStatusCode.OK, await CallAsync(algorithm, "acme"));
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(algorithm, "globex"));
        }

        // It is published, and not one of those that are taken.
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync("EdDSA", "acme"));
        Assert.Equal(Public.Length + Shared.Length, upstream.Requests.Count);

        async Task<HttpStatusCode> CallAsync(string algorithm, string subject)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{gateway.Url}/orders");
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer", await client.GetStringAsync($"{issuer}/token?alg={algorithm}&sub={subject}", TestContext.Current.CancellationToken));
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }
}
