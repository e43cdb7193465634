using Postern.EndToEnd.Harness;
using Postern.Tests;

namespace Postern.EndToEnd.Scenarios;

/// <summary>The program on a PostgreSQL store.</summary>
public sealed class PostgreSqlTests
{
    [Fact]
    public async Task Kills_lose_nothing()
    {
        Requires.Linux();
        Requires.PostgreSql();
        await using var server = await PostgreSqlServer.StartAsync();

        var run = await CrashTestProgram.RunAsync(["--kills", "12", "--events", "20000", "--store", await server.NewDatabaseAsync()], seconds: 600);

        Assert.True(run.Held, run.Log);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Log);
    }

    [Fact]
    public async Task A_server_that_crashes_under_load_loses_nothing_and_nobody_restarts_the_node()
    {
        Requires.PostgreSql();
        await using var server = await PostgreSqlServer.StartAsync();
        await using var load = await LoadedGateway.StartAsync(endpoints: 3, store: await server.NewDatabaseAsync());
        await load.Producer.PublishAsync(first: 0, 500);

        var publishing = load.Producer.PublishAsync(first: 500, 4_500);
        await Eventually.TrueAsync(() => load.Producer.AcknowledgedCount > 500, () => "the load goes on");
        await server.CrashAsync();
        await Eventually.TrueAsync(async () => !await IsReadyAsync(load), () => "the node says that it is not ready");
        await server.BeginAsync();
        await publishing;

        await Eventually.TrueAsync(() => IsReadyAsync(load), () => $"the node is ready again; it printed:\n{load.Gateway.Log}");
        Assert.Equal(5_000, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 3 * 64);
    }

    [Fact]
    public async Task What_stands_in_the_database_is_there_for_the_next_node()
    {
        Requires.PostgreSql();
        await using var server = await PostgreSqlServer.StartAsync();
        var url = await server.NewDatabaseAsync();
        await using var load = await LoadedGateway.StartAsync(store: url);
        await load.Producer.PublishAsync(first: 0, 100);

        await load.RestartAsync();
        await load.Producer.PublishAsync(first: 100, 100);
        Assert.Equal(200, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 64);
    }

    private static async Task<bool> IsReadyAsync(LoadedGateway load)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync($"{load.Gateway.Setup.Admin}/readyz");
        return answer.IsSuccessStatusCode;
    }
}
