using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class SignedMessageTests
{
    private static readonly string[] Algorithms = ["ed25519", "ecdsa-p256-sha256", "ecdsa-p384-sha384", "rsa-pss-sha512", "rsa-v1_5-sha256", "hmac-sha256"];

    [Fact]
    public async Task What_a_foreign_client_signs_comes_in_with_every_algorithm_and_what_does_not_hold_is_refused()
    {
        Requires.NodeClients();
        await using var shop = await ShopUpstream.StartAsync();
        using var scratch = new ScratchDirectory();
        Assert.Empty(await NodeProgram.RunAsync<Answer>("message.mjs", "keys", scratch.Path));
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup
        {
            Upstream = shop.Url,
            Data = scratch.File("data"),
            Api = "auth: { anonymous: false, accept: http-signature }",
            More = $"consumers: {{ acme: {{ scopes: publish, credentials: [{string.Join(", ", Algorithms.Select(algorithm => Credential(algorithm, scratch)))}] }} }}",
        });

        var answers = await NodeProgram.RunAsync<Answer>("message.mjs", "call", gateway.Url, scratch.Path);

        Answer[] expected =
        [
            .. Algorithms.SelectMany(static algorithm => new Answer[] { new($"{algorithm} publishes", 202, null), new($"{algorithm} reads", 200, null) }),
            new("attributes in fields", 202, null),
            new("attributes not covered", 401, "does not cover \"ce-"),
            new("a changed body", 401, "Content-Digest"),
            new("another path", 401, "was not made with this key"),
            new("another key", 401, "was not made with this key"),
            new("too old", 401, "within 300 s"),
            new("nobody's", 401, ""),
        ];
        Assert.Equal(expected.Select(static answer => (answer.Name, answer.Status)), answers.Select(static answer => (answer.Name, answer.Status)));
        Assert.All(expected.Zip(answers), static pair => Assert.Contains(pair.First.Why ?? "", pair.Second.Why ?? "", StringComparison.Ordinal));
    }

    private static string Credential(string algorithm, ScratchDirectory scratch) =>
        $"{{ type: http-signature, keyId: {algorithm}, algorithm: {algorithm}, "
        + (algorithm == "hmac-sha256" ? $"secret: $file:{scratch.File(algorithm)}.secret }}" : $"publicKey: $file:{scratch.File(algorithm)}.public }}");

    /// <param name="Why">The reason of a refusal, or what stands in it.</param>
    private sealed record Answer(string Name, int Status, string? Why);
}
