using System.CommandLine;
using Postern.Configuration;

namespace Postern.Server.Commands;

/// <summary><c>postern run</c>: reads the configuration and runs the gateway with it.</summary>
internal static class RunCommand
{
    /// <param name="host">Runs until it is cancelled; gives the exit code.</param>
    public static Command Create(Func<LoadedConfiguration, CancellationToken, Task<int>> host)
    {
        var command = new Command("run", "Runs the gateway. Saved changes of the configuration apply without a restart.");
        var options = new ConfigurationOptions();
        options.AddTo(command);
        command.SetAction((parsed, cancellation) =>
            options.Load(parsed, parsed.InvocationConfiguration.Error) is { } loaded
                ? host(loaded, cancellation)
                : Task.FromResult(CommandLine.Fault));
        return command;
    }
}
