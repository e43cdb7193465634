using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Attacks.Wire;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Tokens;

/// <summary>
/// Tokens that must not be taken, by the classes of the Wycheproof vectors for JWS, JWT and JWK, made anew for each algorithm; and beside
/// them, made in the same way, those that must be.
/// </summary>
public sealed class TokenAttackTests
{
    [Fact]
    public async Task No_token_that_is_wrong_in_anything_reaches_the_API_and_each_right_one_does()
    {
        using var issuer = new ForgingIssuer();
        using var stranger = new ForgingIssuer();
        TokenVector[] wrong =
        [
            .. ForgingIssuer.Algorithms.SelectMany(algorithm => SignatureVectors.On(algorithm, issuer, stranger)),
            .. RsaVectors.Wrong(issuer),
            // One of each kind of signature: what reads the text does not look at its algorithm.
            .. ((string[])["RS256", "ES384", "HS256"]).SelectMany(algorithm => TextVectors.On(algorithm, issuer)),
        ];
        TokenVector[] right = [.. ForgingIssuer.Algorithms.Select(algorithm => new TokenVector(algorithm, issuer.Make(algorithm))), .. RsaVectors.Right(issuer)];
        Assert.True(wrong.Length >= 1_900, $"{wrong.Length} vectors");
        Assert.Empty(wrong.GroupBy(static vector => vector.Name).Where(static group => group.Count() > 1).Select(static group => group.Key));
        await using var house = await House.StartAsync(
            [("public", ForgingIssuer.Public, ForgingIssuer.PublicAlgorithms, issuer.KeySet), ("shared", ForgingIssuer.Shared, ForgingIssuer.SharedAlgorithms, null)], issuer.Secret);

        // The keys are there before the first one is tried: nothing is refused for want of them.
        await Eventually.TrueAsync(async () => await house.SendAsync("/first", right[0].Token) == 200, () => "the keys have been fetched");
        await house.AssertTakenAsync(right);
        await house.AssertRefusedAsync(wrong, 401);
        await house.AssertTakenAsync(right);
    }

    [Fact]
    public async Task No_key_that_an_issuer_cannot_have_meant_makes_a_token_good()
    {
        using var issuer = new ForgingIssuer();
        var vectors = KeyVector.On(issuer);
        Assert.True(vectors.Count >= 100, $"{vectors.Count} vectors");
        (string Name, string Issuer, string[] Algorithms, string? Keys)[] issuers =
        [
            ("public", ForgingIssuer.Public, ForgingIssuer.PublicAlgorithms, issuer.KeySet),
            .. vectors.Index().Select(static entry => ($"i{entry.Index}", $"https://issuer.test/{entry.Index}", ForgingIssuer.PublicAlgorithms, (string?)entry.Item.Publish)),
        ];
        await using var house = await House.StartAsync(issuers, issuer.Secret);

        await house.AssertRefusedAsync([.. vectors.Index().Select(static entry => new TokenVector(entry.Item.Name, entry.Item.Sign($"https://issuer.test/{entry.Index}")))], 401, 503);
        Assert.All(Enumerable.Range(1, vectors.Count), number => Assert.True(house.Fetched(number), $"The keys of {vectors[number - 1].Name} were never fetched."));
        await house.AssertTakenAsync([new("the good one", issuer.Make("RS256"))]);
    }

    [Fact]
    public async Task A_key_that_is_none_does_not_spoil_the_good_one_beside_it()
    {
        using var issuer = new ForgingIssuer();
        using var another = new ForgingIssuer();
        // Of another, so that the good one is good by itself.
        var odd = KeyVector.On(another).Where(static vector => !vector.Name.Contains("kid", StringComparison.Ordinal))
            .SelectMany(static vector => vector.Keys).DistinctBy(static key => key.ToJsonString()).Select(static key => key.DeepClone()).ToList();
        Assert.True(odd.Count >= 50, $"{odd.Count} odd keys");
        var keys = new JsonArray([.. odd, .. JsonNode.Parse(issuer.KeySet)!["keys"]!.AsArray().Select(static key => key!.DeepClone())]);
        await using var house = await House.StartAsync([("public", ForgingIssuer.Public, ForgingIssuer.PublicAlgorithms, new JsonObject { ["keys"] = keys }.ToJsonString())], issuer.Secret);

        await house.AssertTakenAsync(ForgingIssuer.PublicAlgorithms.Select(algorithm => new TokenVector(algorithm, issuer.Make(algorithm))));
    }

    /// <summary>A gateway that lets in who has a token, before an API, beside a place where issuers publish.</summary>
    private sealed class House : IAsyncDisposable
    {
        private static readonly ParallelOptions Together = new() { MaxDegreeOfParallelism = 8 };

        private readonly ScratchDirectory scratch = new();
        private readonly WireUpstream publisher = new();
        private readonly WireUpstream upstream = new();
        private RunningGateway gateway = null!;

        /// <param name="issuers">Keys as they are published; null: a shared secret.</param>
        public static async Task<House> StartAsync((string Name, string Issuer, string[] Algorithms, string? Keys)[] issuers, string secret)
        {
            var house = new House();
            house.publisher.Answer = request => new(WireUpstream.Say(issuers[int.Parse(request.Target[1..], CultureInfo.InvariantCulture)].Keys!));
            house.gateway = await RunningGateway.StartAsync(new GatewaySetup
            {
                Upstream = house.upstream.Url, Data = house.scratch.File("data"), Api = "auth: { accept: jwt, anonymous: false }",
                More = $$"""
                    consumers: { acme: { credentials: [ { type: api-key, key: acme-acme-acme-acme-acme-acme } ] } }
                    identity:
                      issuers:
                    {{string.Join('\n', issuers.Select((issuer, number) =>
                        $"    {issuer.Name}: {{ issuer: \"{issuer.Issuer}\", audience: {ForgingIssuer.Audience}, algorithms: [{string.Join(", ", issuer.Algorithms)}], consumerClaim: sub, "
                        + $"keys: {{ {(issuer.Keys is null ? $"secret: {secret}" : $"jwks: {house.publisher.Url}/{number}")} }} }}"))}}
                    """,
            });
            return house;
        }

        public bool Fetched(int number) => publisher.Requests.Any(request => request.Target == $"/{number}");

        /// <summary>Sends a token as it is; the status, 0 where none came.</summary>
        public async Task<int> SendAsync(string path, string token)
        {
            var heard = await WireClient.TalkAsync(
                new Uri(gateway.Url).Port, $"GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n", ends: false);
            return heard is null || WireResponse.ReadAll(heard) is not [{ IsWhole: true } response] ? 0 : response.Status;
        }

        public async Task AssertTakenAsync(IEnumerable<TokenVector> vectors)
        {
            foreach (var (name, token) in vectors)
            {
                Assert.True(await SendAsync("/right", token) == 200, $"{name} is right, and not taken.");
            }
        }

        /// <summary>Each is answered with one of the statuses, or as no HTTP at all, and the API sees none.</summary>
        public async Task AssertRefusedAsync(IReadOnlyList<TokenVector> vectors, params int[] statuses)
        {
            var faults = new ConcurrentQueue<string>();
            await Parallel.ForEachAsync(vectors.Index(), Together, async (entry, _) =>
            {
                var status = await SendAsync($"/wrong/{entry.Index}", entry.Item.Token);
                if (!statuses.Append(400).Contains(status))
                {
                    faults.Enqueue($"{entry.Item.Name}: {status}");
                }
            });

            Assert.True(faults.IsEmpty, string.Join('\n', faults));
            Assert.DoesNotContain(upstream.Requests, static request => request.Target.StartsWith("/wrong", StringComparison.Ordinal));
            Assert.Empty(upstream.Garbled);
        }

        public async ValueTask DisposeAsync()
        {
            await gateway.DisposeAsync();
            await upstream.DisposeAsync();
            await publisher.DisposeAsync();
            scratch.Dispose();
        }
    }
}
