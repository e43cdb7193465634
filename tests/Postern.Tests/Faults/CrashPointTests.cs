using System.Text.RegularExpressions;
using Postern.Faults;

namespace Postern.Tests.Faults;

public sealed partial class CrashPointTests
{
    [Fact]
    public void There_are_at_least_forty_and_each_has_a_name_of_its_own()
    {
        Assert.True(CrashPoints.All.Count >= 40, $"{CrashPoints.All.Count}");
        Assert.Equal(CrashPoints.All.Count, CrashPoints.All.Distinct().Count());
        Assert.All(CrashPoints.All, name => Assert.Matches("^[a-z]+(-[a-z]+)+$", name));
    }

    [Fact]
    public void Each_stands_at_one_place_of_the_source()
    {
        var used = Directory.EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("CrashPoints.cs", StringComparison.Ordinal) || file.EndsWith("CallbackCrashPoints.cs", StringComparison.Ordinal))
            .SelectMany(file => Reached().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Order()
            .ToArray();
        var listed = typeof(CrashPoints).GetFields().Where(field => field.IsLiteral).Select(field => field.Name).Order().ToArray();
        Assert.Equal(listed, used);
    }

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData("", null, 0)]
    [InlineData("send-before", "send-before", 1)]
    [InlineData("send-before:17", "send-before", 17)]
    [InlineData("send-before:0", "send-before:0", 1)]
    public void The_setting_names_a_point_and_a_time(string? value, string? name, int time)
    {
        var setting = CrashPointSetting.Read(value);
        Assert.Equal(name, setting?.Name);
        Assert.Equal(time, setting?.Time ?? 0);
    }

    [Fact]
    public void This_build_has_no_fault_on_purpose() => Assert.Null(typeof(CrashPoint).Assembly.GetType("Postern.Faults.Broken"));

    [GeneratedRegex(@"CrashPoint\.Reach\(CrashPoints\.(\w+)\)")]
    private static partial Regex Reached();
}
