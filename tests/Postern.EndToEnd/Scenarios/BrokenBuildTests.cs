using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>The checker is checked: programs that are broken on purpose must be caught by the ledger.</summary>
public sealed class BrokenBuildTests
{
    // Each gap is held open under load for a good part of the time: a kill that misses it is possible, several in a row are not.
    private const int Kills = 8;
    private const int Tries = 3;

    [Theory]
    [InlineData("acknowledge-before-commit", "lost")]
    [InlineData("hub-not-rebuilt", "lost")]
    [InlineData("done-before-sent", "lost")]
    [InlineData("cursor-apart", "lost")]
    public async Task A_program_that_breaks_its_promise_is_caught(string fault, string violation)
    {
        Requires.Linux();
        Requires.BrokenBuild();
        var environment = new Dictionary<string, string> { ["POSTERN_BROKEN"] = fault };
        CrashTestProgram run;
        var tries = 0;
        do
        {
            run = await CrashTestProgram.RunAsync(["--program", PosternProgram.BrokenFile, "--kills", $"{Kills}", "--seed", $"{++tries}"], environment, seconds: 240);
        }
        while (run.Count(violation) == 0 && tries < Tries);
        Assert.True(run.Count(violation) > 0, $"{fault} was not caught in {tries} runs:\n{run.Log}");
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task The_same_program_without_a_fault_chosen_holds()
    {
        Requires.Linux();
        Requires.BrokenBuild();
        var run = await CrashTestProgram.RunAsync(["--program", PosternProgram.BrokenFile, "--kills", "4", "--seed", "1"], seconds: 240);
        Assert.True(run.Held, run.Log);
    }
}
