using Microsoft.Extensions.Logging.Abstractions;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Tests.Contracts;

namespace Postern.Tests.Storage;

public sealed class SqliteContract : StoreContract
{
    private readonly TemporaryFolder folder = new();

    protected override async ValueTask<IStore> OpenAsync() =>
        await SqliteStore.OpenAsync(new SqliteOptions { Path = folder.File("postern.db") }, Time, NullLogger.Instance, Cancellation);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }
}
