using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Gateway.Identity;
using Postern.Model;
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
    public void Basic_credentials_name_their_consumer(string user, string password, string? consumer) =>
        Assert.Equal(consumer, new ConsumerDirectory(Consumers).FindBasic(Basic(user, password))?.Name);

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Basic /////w==")]
    [InlineData("Bearer YWNtZTpzM2NyZXQ6d2l0aDpjb2xvbnM=")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_Basic_credential_names_nobody(string? value) => Assert.Null(new ConsumerDirectory(Consumers).FindBasic(value));

    [Fact]
    public void A_password_is_no_API_key()
    {
        var directory = new ConsumerDirectory(Consumers);

        Assert.Equal("acme", directory.FindApiKey("key-acme")?.Name);
        Assert.Null(directory.FindApiKey("acme:s3cret:with:colons"));
        Assert.Null(directory.FindBasic("Basic " + Convert.ToBase64String("key-acme"u8)));
    }

    [Fact]
    public void Credentials_of_two_consumers_name_nobody_and_reach_no_API()
    {
        var headers = new HeaderDictionary { ["Authorization"] = Basic("j\u00f6rg", "p\u00e4ss"), ["X-API-Key"] = "key-acme" };

        Assert.Null(Identification.Identify(new ConsumerDirectory(Consumers), headers));
        Assert.Empty(headers);
    }

    [Fact]
    public void Credentials_of_the_API_stay_where_they_are()
    {
        var headers = new HeaderDictionary { ["Authorization"] = "Bearer theirs", ["X-API-Key"] = "key-acme" };

        Assert.Equal("acme", Identification.Identify(new ConsumerDirectory(Consumers), headers)?.Name);
        Assert.Equal("Bearer theirs", headers["Authorization"].ToString());
        Assert.False(headers.ContainsKey("X-API-Key"));
    }

    [Fact]
    public void Without_configured_consumers_everybody_is_anonymous() =>
        Assert.Same(Consumer.Anonymous, Identification.Identify(new ConsumerDirectory(new Dictionary<string, ConsumerConfiguration>()), new HeaderDictionary()));

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
        Assert.Equal(status == HttpStatusCode.Unauthorized, answer.Headers.WwwAuthenticate.Count == 1);
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

    private static string Basic(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
}
