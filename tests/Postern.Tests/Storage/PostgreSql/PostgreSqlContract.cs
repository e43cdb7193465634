using Microsoft.Extensions.Logging.Abstractions;
using Postern.Ports;
using Postern.Storage.PostgreSql;
using Postern.Tests.Contracts;

namespace Postern.Tests.Storage.PostgreSql;

public sealed class PostgreSqlContract(PostgreSqlFixture fixture) : StoreContract
{
    private string? url;

    protected override async ValueTask<IStore> OpenAsync()
    {
        url ??= await (await fixture.StartAsync()).NewDatabaseAsync();
        var store = await PostgreSqlStore.OpenAsync(new PostgreSqlOptions { Url = url }, Time, NullLogger.Instance, Cancellation);
        await store.LeadAsync(Duty.Callbacks, Cancellation);
        await store.LeadAsync(Duty.Listener, Cancellation);
        return store;
    }
}
