using System.Globalization;

namespace Postern.Tests.Deployment;

public sealed class UnitFileTests
{
    private static readonly ILookup<string, string> Settings = File.ReadLines(Repository.File("deploy/systemd/postern.service"))
        .Where(line => line.Contains('=', StringComparison.Ordinal) && line[0] != '#')
        .Select(line => line.Split('=', 2))
        .ToLookup(parts => parts[0], parts => parts[1]);

    [Fact]
    public void The_program_is_killed_only_after_it_has_had_its_time() =>
        Drain.AssertFits(double.Parse(Only("TimeoutStopSec"), CultureInfo.InvariantCulture), "TimeoutStopSec");

    [Fact]
    public void It_is_started_again_whatever_it_ended_with_but_a_wrong_command_line()
    {
        Assert.Equal("always", Only("Restart"));
        Assert.Equal("0", Only("StartLimitIntervalSec"));
        Assert.Equal("2", Only("RestartPreventExitStatus"));
    }

    [Fact]
    public void What_it_may_write_is_the_folder_of_its_store()
    {
        Assert.Equal("strict", Only("ProtectSystem"));
        Assert.Equal("postern", Only("StateDirectory"));
        Assert.Empty(Settings["ReadWritePaths"]);
        Assert.Contains("store: sqlite:/var/lib/postern/postern.db", File.ReadAllLines(Repository.File("deploy/systemd/postern.yaml")));
    }

    private static string Only(string name) => Assert.Single(Settings[name]);
}
