using System.CommandLine;

namespace Postern.Server.Commands;

/// <summary><c>postern check</c>: every mistake of the configuration, or what would run.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var command = new Command(
            "check",
            "Reads the configuration, prints every error with its place, exits 1 on any; prints what would run when there is none.");
        var options = new ConfigurationOptions();
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            // The errors are what was asked for: they go where the summary would go.
            var output = parsed.InvocationConfiguration.Output;
            if (options.Load(parsed, output) is not { } loaded)
            {
                return CommandLine.Fault;
            }

            output.Write(ConfigurationSummary.Write(loaded, TimeProvider.System.GetUtcNow()));
            return CommandLine.Done;
        });
        return command;
    }
}
