using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class CrashTestCommandTests
{
    [Fact]
    public async Task Sixty_kills_and_300_000_acknowledged_events_lose_nothing()
    {
        Requires.Linux();

        var run = await CrashTestProgram.RunAsync(["--kills", "60", "--events", "300000"], seconds: 1_800);

        Assert.True(run.Held, run.Log);
        var ledger = run.Report!["ledger"]!;
        Assert.True((int)run.Report["kills"]! >= 60, run.Log);
        Assert.True((long)ledger["acknowledged"]! >= 300_000, run.Log);
        Assert.True((long)ledger["duplicates"]! <= (long)ledger["duplicatesAllowed"]!, run.Log);
        Assert.True((long)run.Report["polls"]! > 0, run.Log);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Log);
    }

    [Theory]
    [InlineData("--minutes", "0")]
    [InlineData("--kills", "-1")]
    [InlineData("--at", "nowhere")]
    [InlineData("--program", "/no/such/program")]
    [InlineData("--keep", "/proc")]
    public async Task A_wrong_command_line_ends_with_exit_code_2(string option, string value) =>
        Assert.Equal(2, (await PosternProgram.RunAsync("crash-test", option, value)).ExitCode);

    [Fact]
    public async Task SIGTERM_ends_the_load_and_still_prints_the_ledger()
    {
        Requires.Linux();
        await using var program = PosternProgram.Start("crash-test", "--minutes", "10");
        await Eventually.TrueAsync(() => program.Log.Contains("acknowledged", StringComparison.Ordinal), () => $"the load runs:\n{program.Log}");

        Assert.Equal(0, await program.TerminateAsync());

        Assert.Contains("Everything held.", program.Log, StringComparison.Ordinal);
    }
}
