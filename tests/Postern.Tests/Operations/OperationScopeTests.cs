using Microsoft.Extensions.DependencyInjection;
using Postern.Configuration;
using Postern.Hosting;
using Postern.Model.Access;
using Postern.Operations;
using Postern.Ports;
using Postern.Tests.Monitoring;

namespace Postern.Tests.Operations;

public sealed class OperationScopeTests
{
    /// <summary>A call that is added later and says nothing would be open to every consumer.</summary>
    [Fact]
    public async Task Every_call_of_the_gateway_port_needs_a_scope_and_reading_alone_changes_nothing()
    {
        var configuration = new PosternConfiguration { Secrets = new SecretsConfiguration { Key = Convert.ToBase64String(new byte[32]) } };
        var loaded = new LoadedConfiguration(configuration, new ConfigurationSource { Environment = new Dictionary<string, string>() }, []);
        await using var services = new ServiceCollection().AddLogging().AddPostern(loaded).AddSingleton<IStore>(new FakeStore()).BuildServiceProvider();

        Assert.All(services.GetRequiredService<GatewayOperations>().All, static operation =>
        {
            Assert.NotNull(operation.Scope);
            Assert.Equal(operation.Method == "GET", operation.Scope == ScopeVerb.Read);
        });
    }
}
