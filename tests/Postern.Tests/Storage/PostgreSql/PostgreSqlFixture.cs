using Postern.Tests.Storage.PostgreSql;

[assembly: AssemblyFixture(typeof(PostgreSqlFixture))]

namespace Postern.Tests.Storage.PostgreSql;

/// <summary>One server for all tests of a run, started by the first that needs it.</summary>
public sealed class PostgreSqlFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgreSqlServer>> server = new(() => Task.Run(PostgreSqlServer.StartAsync));

    /// <summary>Skips the test where there is no PostgreSQL; fails it where everything is required.</summary>
    public Task<PostgreSqlServer> StartAsync()
    {
        if (PostgreSqlServer.FindPrograms() is null)
        {
            const string Missing = "PostgreSQL is not installed: Debian's package is postgresql.";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("POSTERN_TEST_REQUIRE_ALL") == "1", Missing);
            Assert.Fail(Missing);
        }

        return server.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated)
        {
            await (await server.Value).DisposeAsync();
        }
    }
}
