using System.Net;
using Postern.Configuration;
using Postern.Model.Access;

namespace Postern.Tests.Gateway;

public sealed class AuthPolicyTests
{
    private const string Basic = "Authorization: Basic YWNtZTpzM2NyZXQ=";
    private const string Key = "X-API-Key: key-acme";

    private static readonly Dictionary<string, ConsumerConfiguration> Consumers = new()
    {
        ["acme"] = new() { Credentials = [new CredentialConfiguration.Basic("acme", "s3cret"), new CredentialConfiguration.ApiKey("key-acme")] },
    };

    /// <summary>Open, but for /orders and what lies below it.</summary>
    [Theory]
    [InlineData("/", 200)]
    [InlineData("/ordersheet", 200)]
    [InlineData("/orders", 401)]
    [InlineData("/orders/42", 401)]
    [InlineData("//orders", 401)]
    [InlineData("/x/../orders", 401)]
    [InlineData("/%6Frders", 401)]
    [InlineData("/%256Frders", 401)]
    [InlineData("/ORDERS", 401)]
    [InlineData("/orders;v=1/42", 401)]
    [InlineData("/orders%3Bv=1", 401)]
    [InlineData("/orders%2F42", 401)]
    [InlineData("/orders%5C42", 401)]
    [InlineData("/x%2F..%2Forders", 401)]
    [InlineData("/x/%252e%252e/orders", 401)]
    public async Task No_spelling_of_a_path_opens_what_is_closed(string path, int status) =>
        Assert.Equal(status, await GetAsync(path, "X-Nothing: 1", api: null, resource: new() { Anonymous = false }));

    /// <summary>Closed, but for /orders as it is written.</summary>
    [Theory]
    [InlineData("/", 401)]
    [InlineData("/orders/42", 200)]
    [InlineData("/ORDERS/42", 401)]
    [InlineData("/orders%2F42", 401)]
    [InlineData("/orders/..%2Fsecret", 401)]
    [InlineData("/orders/%252e%252e/secret", 401)]
    public async Task No_spelling_of_a_path_opens_more_than_is_open(string path, int status) =>
        Assert.Equal(status, await GetAsync(path, "X-Nothing: 1", api: new() { Anonymous = false }, resource: new() { Anonymous = true }));

    [Theory]
    [InlineData(Basic, 401)]
    [InlineData(Key, 200)]
    [InlineData("X-API-Key: other", 401)]
    public async Task Only_the_kinds_that_are_accepted_are_looked_at(string credential, int status) =>
        Assert.Equal(status, await GetAsync("/orders", credential, api: new() { Accept = [CredentialKind.ApiKey], Anonymous = false }, resource: null));

    [Fact]
    public async Task A_401_asks_for_the_kinds_that_are_accepted_and_for_no_other()
    {
        await using var gateway = await GatewayHost.StartAsync(Configuration(1, new() { Accept = [CredentialKind.ApiKey], Anonymous = false }, resource: null));

        var answer = await gateway.Client.GetAsync("/orders", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Key", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_API_gets_recognised_credentials_where_it_is_said(bool forward)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(Configuration(upstream.Port, new() { ForwardCredentials = forward }, resource: null));

        await RawClient.SendAsync(gateway.Port, Request("/orders", Key));

        Assert.Equal(forward ? ["key-acme"] : [], upstream.Header("X-API-Key"));
        Assert.Equal(["acme"], upstream.Header("X-Consumer-Name"));
    }

    [Fact]
    public async Task Without_consumers_nobody_comes_in_where_one_is_needed()
    {
        var configuration = Configuration(1, new() { Anonymous = false }, resource: null) with { Consumers = new Dictionary<string, ConsumerConfiguration>() };
        await using var gateway = await GatewayHost.StartAsync(configuration);

        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.Client.GetAsync("/orders", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData(ScopeVerb.Subscribe, "subscribe", "/orders/subscribe", 200)]
    [InlineData(ScopeVerb.Subscribe, "subscribe:/orders", "/orders/42/subscribe", 200)]
    [InlineData(ScopeVerb.Subscribe, "subscribe:/orders/42", "/orders/subscribe", 403)]
    [InlineData(ScopeVerb.Subscribe, "read", "/orders/subscribe", 403)]
    [InlineData(ScopeVerb.Read, "read", "/orders/subscribe", 200)]
    [InlineData(ScopeVerb.Publish, "subscribe", "/orders/subscribe", 403)]
    [InlineData(ScopeVerb.Publish, "publish:orders.*", "/orders/subscribe", 200)]
    public async Task A_call_needs_the_scope_of_its_operation(ScopeVerb verb, string scope, string path, int status)
    {
        Assert.True(Scope.TryParse(scope, out var held));
        var consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = Consumers["acme"] with { Scopes = new Scopes([held]) } };
        await using var gateway = await GatewayHost.StartAsync(
            GatewayHost.Before("http://127.0.0.1:1") with { Consumers = consumers },
            GatewayHost.Operation("POST", "/{resource}/subscribe", static (_, _) => "done") with { Scope = verb });
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("X-API-Key", "key-acme");

        var answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 403)
        {
            var missing = verb == ScopeVerb.Publish ? "'publish'" : $"'subscribe:{path[..^"/subscribe".Length]}'";
            Assert.Contains(missing, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task An_expired_key_is_told_to_whoever_holds_it_and_to_nobody_else()
    {
        var key = new CredentialConfiguration.ApiKey("key-acme") { Expires = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        var consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() { Credentials = [key] } };
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(GatewayHost.Before($"http://127.0.0.1:{upstream.Port}") with { Consumers = consumers });

        Assert.Contains("has expired", await RawClient.SendAsync(gateway.Port, Request("/orders", Key)));
        Assert.Empty(upstream.Received);
        Assert.Contains("200 OK", await RawClient.SendAsync(gateway.Port, Request("/orders", Key + "x")));
    }

    private static async Task<int> GetAsync(string path, string header, AuthConfiguration? api, AuthConfiguration? resource)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(Configuration(upstream.Port, api, resource));
        var answer = await RawClient.SendAsync(gateway.Port, Request(path, header));
        var status = int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(status == 200 ? 1 : 0, upstream.Received.Count);
        return status;
    }

    private static string Request(string path, string header) => $"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{header}\r\n\r\n";

    private static PosternConfiguration Configuration(int upstream, AuthConfiguration? api, AuthConfiguration? resource) => new()
    {
        Consumers = Consumers,
        Apis = new Dictionary<string, ApiConfiguration>
        {
            ["shop"] = new()
            {
                Upstream = [$"http://127.0.0.1:{upstream}"], Auth = api,
                Resources = new Dictionary<string, ResourceConfiguration> { ["/orders"] = new() { Auth = resource } },
            },
        },
    };
}
