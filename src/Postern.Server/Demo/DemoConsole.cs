using Spectre.Console;

namespace Postern.Server.Demo;

/// <summary>The console of the demo: colours for a terminal, plain text for a file, a pipe or <c>NO_COLOR</c>.</summary>
internal static class DemoConsole
{
    public static IAnsiConsole Create() => Create(Console.Out, Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 });

    internal static IAnsiConsole Create(TextWriter output, bool plain)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });

        // The terminal wraps long lines, not we: a command that was broken into two lines cannot be copied.
        console.Profile.Width = 100_000;
        return console;
    }
}
