using Postern.Configuration;
using Postern.Model;
using Postern.Model.Access;
using Postern.Monitoring;

namespace Postern.Tests.Monitoring;

public sealed class ConsumerReportTests
{
    [Fact]
    public async Task Each_credential_is_shown_with_what_it_may_do_and_when_it_was_used_last()
    {
        var consumers = new Dictionary<string, ConsumerConfiguration>
        {
            ["acme"] = new()
            {
                Credentials =
                [
                    new CredentialConfiguration.Basic("acme", "s3cret"),
                    new CredentialConfiguration.ApiKey("key") { Expires = Recorded.Noon, Scopes = new Scopes([new Scope(ScopeVerb.Read, "/orders")]) },
                ],
            },
        };
        await using var server = await AdminServer.StartAsync(new PosternConfiguration { Consumers = consumers });
        server.Service<CredentialUses>().Note(new Consumer("acme"), new Credential(CredentialKind.Basic, "acme"));

        var consumer = Assert.Single((await server.GetAsync("/api/consumers"))["items"]!.AsArray())!;

        var (basic, key) = (consumer["credentials"]![0]!.AsObject(), consumer["credentials"]![1]!.AsObject());
        Assert.Equal(["acme", "api-key-2"], [(string?)basic["id"], (string?)key["id"]]);
        Assert.Equal(["subscribe", "read:/orders"], [(string?)basic["scopes"]![0], (string?)key["scopes"]![0]]);
        Assert.True(basic.ContainsKey("lastUsed"));
        Assert.False(key.ContainsKey("lastUsed"));
        Assert.Equal(Recorded.Noon, (DateTimeOffset)key["expires"]!);
    }
}
