using System.CommandLine;
using Postern.Configuration;

namespace Postern.Server.Commands;

/// <summary>The options that say which configuration is meant, and the reading of it.</summary>
internal sealed class ConfigurationOptions
{
    private readonly Option<string?> config = new("--config", "-c")
    {
        HelpName = "FILE",
        Description = $"The configuration file. Default: ./{ConfigurationFile.DefaultName}, where it is there.",
    };

    private readonly Option<string?> upstream = new("--upstream")
    {
        HelpName = "URL",
        Description = "Address of the API. Without --config no file is read: one API named 'api', and every resource of it can be subscribed to.",
    };

    private readonly Option<string?> data = new("--data")
    {
        HelpName = "DIR",
        Description = "Keeps everything in DIR/postern.db (store sqlite:DIR/postern.db).",
    };

    private readonly Option<string[]> egressAllow = new("--egress-allow")
    {
        HelpName = "CIDR",
        Description = "A block that callbacks may go to although it is private; can be given several times. Callbacks to this host and to private "
            + "networks are refused without it: '--egress-allow 127.0.0.0/8' lets them go to 127.0.0.1 while developing.",
    };

    /// <summary>For a command that has no use for the others.</summary>
    public void AddFileTo(Command command) => command.Options.Add(config);

    public void AddTo(Command command)
    {
        AddFileTo(command);
        command.Options.Add(upstream);
        command.Options.Add(data);
        command.Options.Add(egressAllow);
    }

    /// <summary>Reads the configuration that the options name; null when there are mistakes, each one printed to <paramref name="report"/>.</summary>
    public LoadedConfiguration? Load(ParseResult parsed, TextWriter report)
    {
        var overrides = new CommandLineOverrides
        {
            Upstream = Given(parsed, upstream),
            Data = Given(parsed, data),
            EgressAllow = parsed.GetResult(egressAllow) is null ? [] : parsed.GetValue(egressAllow) ?? [],
        };
        var path = Given(parsed, config);
        if (path is null && overrides.Upstream is null && File.Exists(ConfigurationFile.DefaultName))
        {
            path = ConfigurationFile.DefaultName;
        }

        if (path is null && overrides.Upstream is null)
        {
            report.WriteLine($"There is no {ConfigurationFile.DefaultName} here. Name a file with --config FILE, or start with --upstream URL and no file.");
            return null;
        }

        var source = new ConfigurationSource { Path = path, Environment = ConfigurationSource.ProcessEnvironment(), CommandLine = overrides };
        var result = ConfigurationFile.Load(source);
        if (result.Configuration is { } configuration)
        {
            return new LoadedConfiguration(configuration, source, result.Files);
        }

        foreach (var error in result.Errors)
        {
            report.WriteLine(error);
        }

        report.WriteLine(result.Errors.Count == 1 ? "1 error." : $"{result.Errors.Count} errors.");
        return null;
    }

    private static string? Given(ParseResult parsed, Option<string?> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);
}
