using Microsoft.Extensions.Logging.Abstractions;
using Postern.Ports;
using Postern.Storage.PostgreSql;

namespace Postern.Tests.Storage.PostgreSql;

/// <summary>What a PostgreSQL store says when it cannot be opened.</summary>
public sealed class PostgreSqlOpeningTests(PostgreSqlFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var refused = await RefusedAsync($"postgres://postern:secret-word@127.0.0.1:{FreePort.Next()}/postern");

        Assert.Contains("does not answer", refused, StringComparison.Ordinal);
        Assert.Contains("check that the server runs", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named()
    {
        var server = await fixture.StartAsync();
        var refused = await RefusedAsync($"postgres://postgres@127.0.0.1:{server.Port}/nowhere");

        Assert.Contains($"PostgreSQL 127.0.0.1:{server.Port}/nowhere does not exist: create the database", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_that_may_not_make_tables_is_told_so()
    {
        var server = await fixture.StartAsync();
        var (url, database) = await DatabaseAsync(server);
        await server.QueryAsync("postgres", $"CREATE ROLE {database}");
        await server.QueryAsync("postgres", $"ALTER ROLE {database} LOGIN");

        var refused = await RefusedAsync(url.Replace("postgres@", $"{database}@", StringComparison.Ordinal));

        Assert.Contains("denies what Postern needs", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_of_another_program_are_left_alone()
    {
        var server = await fixture.StartAsync();
        var (url, database) = await DatabaseAsync(server);
        await server.QueryAsync(database, "CREATE TABLE events (mine int)");

        Assert.Contains("has tables of another program", await RefusedAsync(url), StringComparison.Ordinal);
        Assert.Equal("mine", await server.QueryAsync(database, "SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = 'events'::regclass AND attnum > 0"));
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_not_touched()
    {
        var server = await fixture.StartAsync();
        var (url, database) = await DatabaseAsync(server);
        await (await OpenAsync(url)).DisposeAsync();
        await server.QueryAsync(database, "UPDATE store SET version = 9999");

        Assert.Contains("has version 9999; this Postern knows up to version", await RefusedAsync(url), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_sync_is_refused()
    {
        await using var server = await OwnServerAsync();
        await server.QueryAsync("postgres", "ALTER SYSTEM SET fsync = off");
        await server.QueryAsync("postgres", "SELECT pg_reload_conf()");
        var (url, _) = await DatabaseAsync(server);

        Assert.Contains("fsync = off", await RefusedAsync(url), StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(string url) =>
        (await Assert.ThrowsAsync<StoreRefusedException>(async () => await OpenAsync(url))).Message;

    private static ValueTask<PostgreSqlStore> OpenAsync(string url) => PostgreSqlStore.OpenAsync(
        new PostgreSqlOptions { Url = url, Patience = TimeSpan.FromSeconds(1) }, TimeProvider.System, NullLogger.Instance, Cancellation);

    private async Task<PostgreSqlServer> OwnServerAsync()
    {
        await fixture.StartAsync();
        return await PostgreSqlServer.StartAsync();
    }

    private static async Task<(string Url, string Name)> DatabaseAsync(PostgreSqlServer server)
    {
        var url = await server.NewDatabaseAsync();
        return (url, url[(url.LastIndexOf('/') + 1)..]);
    }
}
