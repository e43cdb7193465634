using Postern.Configuration;
using Postern.Gateway.Identity;

namespace Postern.Tests.Gateway;

/// <summary>Nobody but the gateway says who calls: each spelling of each identity header, with each kind of credential and on each way to fail.</summary>
public sealed class IdentityHeaderTests
{
    private static readonly IdentityConfiguration Identity = new() { Header = "X-Who", CredentialHeader = "X-Consumer-Credential", ScopesHeader = "Caller-Scopes" };

    private static readonly Dictionary<string, ConsumerConfiguration> Consumers = new()
    {
        ["acme"] = new()
        {
            Credentials = [new CredentialConfiguration.Basic("acme", "s3cret"), new CredentialConfiguration.ApiKey("key-acme") { Id = "first" }],
        },
        ["globex"] = new() { Credentials = [new CredentialConfiguration.ApiKey("key-globex")] },
    };

    private static readonly string[] Names =
    [
        "X-Who", "X-Consumer-Credential", "Caller-Scopes", "X-Consumer-Name", "X-Consumer-Id", "X-User", "X-User-Id", "X-Forwarded-User", "X-JWT-Claim",
        "X-Authenticated-Userid", "Remote-User", "X-Real-IP", "Forwarded",
    ];

    public static TheoryData<string, string?, string?> Callers() => new()
    {
        { "X-Nothing: 1", null, null },
        { "Authorization: Basic YWNtZTpzM2NyZXQ=", "acme", "acme" },
        { "Authorization: Basic YWNtZTp3cm9uZw==", null, null },
        { "Authorization: Bearer theirs", null, null },
        { "X-API-Key: key-acme", "acme", "first" },
        { "X-API-Key: wrong", null, null },
        { "X-API-Key: key-globex\r\nAuthorization: Basic YWNtZTpzM2NyZXQ=", null, null },
    };

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task No_client_sets_an_identity_header_however_it_spells_it(string credential, string? consumer, string? id)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(
            GatewayHost.Before($"http://127.0.0.1:{upstream.Port}") with { Consumers = Consumers, Identity = Identity });
        var forged = Names.SelectMany(Spellings).Distinct(StringComparer.Ordinal).Select(static name => $"{name}: forged\r\n");

        await RawClient.SendAsync(
            gateway.Port,
            $"POST /a HTTP/1.1\r\nHost: a\r\nConnection: close, X-Who, x-consumer-credential\r\n{string.Concat(forged)}{credential}\r\n"
            + "Transfer-Encoding: chunked\r\nTrailer: X-Who\r\n\r\n1\r\nx\r\n0\r\nX-Who: forged\r\nx_consumer_credential: forged\r\n\r\n");

        Assert.DoesNotContain("forged", upstream.Request);
        Assert.Equal(consumer is null ? [] : [consumer], upstream.Header("X-Who"));
        Assert.Equal(id is null ? [] : [id], upstream.Header("X-Consumer-Credential"));
        Assert.Equal(consumer is null ? [] : ["subscribe"], upstream.Header("Caller-Scopes"));
    }

    [Theory]
    [InlineData("X-Request-Id")]
    [InlineData("X-Whoever")]
    [InlineData("Accept")]
    public void Other_headers_pass(string name) => Assert.False(ClientHeaders.IsIdentity(name, Identity));

    private static IEnumerable<string> Spellings(string name) =>
        [name, name.ToUpperInvariant(), name.ToLowerInvariant(), name.Replace('-', '_'), name.ToLowerInvariant().Replace('-', '_'), name.Replace('-', '.')];
}
