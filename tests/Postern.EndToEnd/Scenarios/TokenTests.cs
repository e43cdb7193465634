using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class TokenTests
{
    /// <summary>Takes more than a minute: keys that are not known are asked for once a minute.</summary>
    [Fact]
    public async Task Tokens_and_keys_of_a_foreign_issuer_are_taken_and_its_broken_ones_are_not()
    {
        Requires.Node();
        using var scratch = new ScratchDirectory();
        var port = FreePort.Next();
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup
        {
            Upstream = "http://127.0.0.1:1",
            Data = scratch.File("data"),
            More =
                $$"""
                identity: { issuers: { login: { issuer: "http://127.0.0.1:{{port}}", audience: postern, algorithms: [RS256, PS384, ES256, ES512] } } }
                consumers: { acme: { credentials: [{ type: jwt, issuer: login, claims: { sub: acme } }] } }
                """,
        });

        var answers = await NodeProgram.RunAsync<TokenAnswer>("tokens.mjs", $"{port}", gateway.Url + "/orders/subscriptions");

        string[] taken = ["RS256", "PS384", "ES256", "ES512", "RS256 again", "a new key"];
        Assert.Equal(13, answers.Count);
        Assert.All(answers, answer => Assert.True(answer.Status == (taken.Contains(answer.Name) ? 200 : 401), $"{answer.Name}: {answer.Status}\n{gateway.Log}"));
    }

    private sealed record TokenAnswer(string Name, int Status);
}
