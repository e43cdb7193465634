using Postern.Configuration;
using Postern.Model.Access;
using Postern.Monitoring;

namespace Postern.Tests.Monitoring;

public sealed class ConfigurationDifferenceTests
{
    public static TheoryData<string> Changes { get; } = ["password", "digest", "claims", "secret", "signing secret", "scopes", "covers"];

    [Fact]
    public void The_same_file_read_twice_differs_in_nothing() => Assert.Empty(ConfigurationDifference.Of(Configuration(), Configuration()));

    [Theory]
    [MemberData(nameof(Changes))]
    public void Credentials_differ_in_what_is_shown_and_in_what_is_not(string change) =>
        Assert.Equal(["consumers.acme.credentials"], ConfigurationDifference.Of(Configuration(), Configuration(change)));

    private static PosternConfiguration Configuration(string? change = null)
    {
        return new PosternConfiguration
        {
            Consumers = new Dictionary<string, ConsumerConfiguration>
            {
                ["acme"] = new()
                {
                    Credentials =
                    [
                        new CredentialConfiguration.Basic("acme", Of("password")),
                        new CredentialConfiguration.ApiKey(Key: null) { Digest = Of("digest"), Scopes = new Scopes([new Scope(ScopeVerb.Read, change == "scopes" ? "/orders" : null)]) },
                        new CredentialConfiguration.Jwt("login", new Dictionary<string, string> { ["sub"] = Of("claims") }),
                        new CredentialConfiguration.WebhookSignature(Of("signing secret")),
                        new CredentialConfiguration.HttpSignature("acme-1", "hmac-sha256") { Secret = Of("secret"), Covers = [Of("covers")] },
                    ],
                },
            },
        };

        string Of(string what) => what == change ? "another" : what;
    }
}
