using System.Text.RegularExpressions;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed partial class CheckTests
{
    private const string SevenMistakes =
        """
        gateway: { listen: 127.0.0.1:8080 }
        callbacks:
          timeout: 15
          retry: { jitter: 3 }
        egress:
          allow:
            - 10.0.0.1/8
        apis:
          shop:
            upstream: ftp://shop.example
          blog:
            path: /blog
        consumer: {}
        """;

    [Fact]
    public async Task Seven_mistakes_are_reported_at_once_each_with_path_and_line()
    {
        using var scratch = new ScratchDirectory();
        var file = await scratch.WriteAsync("postern.yaml", SevenMistakes);

        var (exitCode, log) = await PosternProgram.RunAsync("check", "--config", file);

        Assert.Equal(1, exitCode);
        var reported = Report().Matches(log).Select(match => (Line: match.Groups["line"].Value, Path: match.Groups["path"].Value)).Order();
        (string, string)[] expected =
        [
            ("1", "gateway.listen"), ("3", "callbacks.timeout"), ("4", "callbacks.retry.jitter"), ("7", "egress.allow[0]"),
            ("10", "apis.shop.upstream"), ("11", "apis.blog.upstream"), ("13", "consumer"),
        ];
        Assert.Equal(expected.Order(), reported);
    }

    [Fact]
    public async Task A_file_without_mistakes_is_told_to_be_right()
    {
        using var scratch = new ScratchDirectory();
        var file = await scratch.WriteAsync("postern.yaml", new GatewaySetup { Upstream = "http://127.0.0.1:5080", Data = scratch.Path }.Yaml);

        var (exitCode, log) = await PosternProgram.RunAsync("check", "--config", file);

        Assert.True(exitCode == 0, log);
    }

    [Fact]
    public async Task A_command_line_that_is_wrong_ends_with_exit_code_2()
    {
        var (exitCode, log) = await PosternProgram.RunAsync("check", "--no-such-option");

        Assert.Equal(2, exitCode);
        Assert.Contains("--no-such-option", log, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^.*postern\.yaml:(?<line>\d+): (?<path>\S+): .+$", RegexOptions.Multiline)]
    private static partial Regex Report();
}
