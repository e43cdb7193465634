using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Postern.Server.Commands;

/// <summary>The program's command line. Exit codes: 0 done, 1 the user's fault with every reason printed, 2 a wrong command line.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Fault = 1;
    public const int WrongCommandLine = 2;

    /// <summary>A sync of the store failed: what runs on could acknowledge what is not on disk.</summary>
    public const int StoreLost = 3;

    /// <summary>From Ctrl-C or SIGTERM until the program ends by force: attempts under way are given their time.</summary>
    internal static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(90);

    public static async Task<int> RunAsync(IReadOnlyList<string> args, IReadOnlyList<Command> commands, TextWriter output, TextWriter error)
    {
        // Not RootCommand: its name is that of the assembly, and the program is called postern.
        var root = new Command(
            "postern",
            "Postern puts webhooks in front of any REST API: consumers subscribe at the gateway, every change is called back, signed and retried.")
        {
            new HelpOption(), new VersionOption(),
        };
        foreach (var command in commands)
        {
            root.Subcommands.Add(command);
        }

        // An '@' at the start of an argument is a character like any other.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var invocation = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = ShutdownTime };
        var exit = await parsed.InvokeAsync(invocation);
        return parsed.Action is ParseErrorAction ? WrongCommandLine : exit;
    }
}
