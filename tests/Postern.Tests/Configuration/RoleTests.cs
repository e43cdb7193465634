using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Postern.Configuration;
using Postern.Hosting;
using Postern.Operations;
using Postern.Ports;
using Postern.Tests.Monitoring;

namespace Postern.Tests.Configuration;

/// <summary>What processes with some of the roles need, and are.</summary>
public sealed class RoleTests
{
    private const string Cluster =
        """
        apis: { shop: { upstream: http://127.0.0.1:9 } }
        store: postgres://a:b@db/x
        secrets: { key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= }

        """;

    [Theory]
    [InlineData("roles: []", "give 1 to 10")]
    [InlineData("roles: listener", "the embedded hub reaches no other process")]
    [InlineData("roles: [gateway, subscriptions, callbacks]", "the embedded hub reaches no other process")]
    [InlineData("roles: [gateway, listener, callbacks]", "give gateway.subscriptions the addresses")]
    public void Roles_that_cannot_work_are_refused(string line, string message)
    {
        var error = Loading.Only(Loading.Load(Cluster + line));
        Assert.Equal("roles", error.Path);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_gateway_that_passes_calls_to_itself_is_refused()
    {
        var error = Loading.Only(Loading.Load(Cluster + "roles: gateway\ngateway: { listen: http://127.0.0.1:8080, subscriptions: [http://127.0.0.1:9, http://127.0.0.1:8080] }"));
        Assert.Equal("gateway.subscriptions", error.Path);
        Assert.Contains("is this gateway itself", error.Message);
    }

    [Theory]
    [InlineData("roles: [gateway, subscriptions]", "publishEvents subscribe")]
    [InlineData("roles: [listener, callbacks]", "")]
    [InlineData("roles: gateway\ngateway: { subscriptions: http://127.0.0.1:9 }", "publishEvents subscribe")]
    [InlineData("roles: subscriptions", "subscribe")]
    [InlineData("roles: listener\nhub: amqp://mq", "")]
    [InlineData("roles: callbacks\nhub: amqp://mq", "")]
    [InlineData("roles: dashboard", "")]
    public async Task Each_mix_of_roles_is_complete_and_has_its_own_calls(string lines, string calls)
    {
        var configuration = Loading.Load(Cluster + lines).Configuration;
        Assert.NotNull(configuration);
        var loaded = new LoadedConfiguration(configuration, Loading.Source(path: null), []);
        await using var services = new ServiceCollection().AddLogging().AddPostern(loaded).AddSingleton<IStore>(new FakeStore())
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        var own = services.GetService<GatewayOperations>()?.All.Select(static operation => operation.Id).ToList() ?? [];
        Assert.Equal(calls.Split(' ', StringSplitOptions.RemoveEmptyEntries), new[] { "publishEvents", "subscribe" }.Where(own.Contains));
        Assert.NotEmpty(services.GetServices<IHostedService>());
    }
}
