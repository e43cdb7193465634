using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Gateway.Identity;
using Postern.Model;
using Postern.Monitoring;
using Postern.Operations;

namespace Postern.Tests.Gateway;

public sealed class IdentityTests
{
    private static readonly Dictionary<string, ConsumerConfiguration> Consumers = new()
    {
        ["acme"] = new() { Credentials = [new CredentialConfiguration.Basic("acme", "s3cret:with:colons"), new CredentialConfiguration.ApiKey("key-acme")] },
        ["j\u00f6rg"] = new() { Credentials = [new CredentialConfiguration.Basic("j\u00f6rg", "p\u00e4ss")] },
    };

    [Theory]
    [InlineData("acme", "s3cret:with:colons", "acme")]
    [InlineData("j\u00f6rg", "p\u00e4ss", "j\u00f6rg")]
    [InlineData("acme", "wrong", null)]
    [InlineData("nobody", "s3cret:with:colons", null)]
    [InlineData("acme:s3cret", "with:colons", "acme")]
    [InlineData("", "", null)]
    public async Task Basic_credentials_name_their_consumer(string user, string password, string? consumer) =>
        Assert.Equal(consumer, await NameAsync(("Authorization", Basic(user, password))));

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Basic /////w==")]
    [InlineData("Bearer YWNtZTpzM2NyZXQ6d2l0aDpjb2xvbnM=")]
    [InlineData("")]
    public async Task What_is_no_Basic_credential_names_nobody(string value) => Assert.Null(await NameAsync(("Authorization", value)));

    [Fact]
    public async Task A_password_is_no_API_key()
    {
        Assert.Equal("acme", await NameAsync(("X-API-Key", "key-acme")));
        Assert.Null(await NameAsync(("X-API-Key", "acme:s3cret:with:colons")));
        Assert.Null(await NameAsync(("Authorization", "Basic " + Convert.ToBase64String("key-acme"u8))));
    }

    [Fact]
    public async Task Credentials_of_two_consumers_name_nobody_and_reach_no_API()
    {
        var context = Request(("Authorization", Basic("j\u00f6rg", "p\u00e4ss")), ("X-API-Key", "key-acme"));

        Assert.Null(await Identification(Consumers).IdentifyAsync(context, AuthPolicy.Usual));
        Assert.Empty(context.Request.Headers);
    }

    [Fact]
    public async Task Credentials_of_the_API_stay_where_they_are()
    {
        var context = Request(("Authorization", "Bearer theirs"), ("X-API-Key", "key-acme"));

        Assert.Equal("acme", (await Identification(Consumers).IdentifyAsync(context, AuthPolicy.Usual))?.Consumer.Name);
        Assert.Equal("Bearer theirs", context.Request.Headers.Authorization.ToString());
        Assert.False(context.Request.Headers.ContainsKey("X-API-Key"));
    }

    [Theory]
    [InlineData("Authorization", "Basic a2V5", "Basic YWNtZTpzM2NyZXQ6d2l0aDpjb2xvbnM=")]
    [InlineData("X-API-Key", "other", "key-acme")]
    public async Task A_credential_of_ours_beside_another_of_its_kind_is_refused(string header, string first, string second)
    {
        var context = Request((header, first));
        context.Request.Headers.Append(header, second);

        var refused = await Assert.ThrowsAsync<ProblemException>(async () => await Identification(Consumers).IdentifyAsync(context, AuthPolicy.Usual));

        Assert.Equal(401, refused.Problem.Status);
    }

    [Fact]
    public async Task Without_configured_consumers_everybody_is_anonymous()
    {
        var caller = await Identification(new Dictionary<string, ConsumerConfiguration>()).IdentifyAsync(Request(), AuthPolicy.Usual);

        Assert.Same(Consumer.Anonymous, caller!.Consumer);
    }

    [Theory]
    [InlineData("acme", "s3cret:with:colons", HttpStatusCode.OK)]
    [InlineData("acme", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData(null, null, HttpStatusCode.Unauthorized)]
    public async Task An_operation_is_for_valid_consumers_only(string? user, string? password, HttpStatusCode status)
    {
        var configuration = GatewayHost.Before("http://127.0.0.1:1") with { Consumers = Consumers };
        await using var gateway = await GatewayHost.StartAsync(
            configuration, GatewayHost.Operation("POST", "/{resource}/subscribe", static (_, call) => call.RequireConsumer().Name));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders/subscribe");
        if (user is not null)
        {
            request.Headers.Add("Authorization", Basic(user, password!));
        }

        var answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.Unauthorized ? ["Basic", "Key"] : [], answer.Headers.WwwAuthenticate.Select(static asked => asked.Scheme));
    }

    [Theory]
    [InlineData("X-API-Key: key-acme", "acme")]
    [InlineData("X-API-Key: other", null)]
    public async Task The_API_is_told_the_consumer_and_never_its_key(string header, string? consumer)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHost.StartAsync(GatewayHost.Before($"http://127.0.0.1:{upstream.Port}") with { Consumers = Consumers });

        await RawClient.SendAsync(gateway.Port, $"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Consumer-Name: root\r\n{header}\r\n\r\n");

        Assert.Equal(consumer is null ? [] : [consumer], upstream.Header("X-Consumer-Name"));
        Assert.Equal(consumer is null ? ["other"] : [], upstream.Header("X-API-Key"));
    }

    private static async Task<string?> NameAsync(params (string Header, string Value)[] headers) =>
        (await Identification(Consumers).IdentifyAsync(Request(headers), AuthPolicy.Usual))?.Consumer.Name;

    private static Identification Identification(Dictionary<string, ConsumerConfiguration> consumers) =>
        new(new CredentialSchemes(TimeProvider.System).Make(new PosternConfiguration { Consumers = consumers }), new CredentialUses(TimeProvider.System), everybody: consumers.Count == 0);

    private static DefaultHttpContext Request(params (string Header, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        foreach (var (header, value) in headers)
        {
            context.Request.Headers[header] = value;
        }

        return context;
    }

    private static string Basic(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
}
