using Postern.Configuration;

namespace Postern.Tests.Configuration;

/// <summary>Loads a text as a file.</summary>
internal static class Loading
{
    public const string Good = """
        apis:
          shop:
            upstream: http://127.0.0.1:5080
        """;

    public static ConfigurationResult Load(string yaml, params (string Name, string Value)[] environment) => Load(yaml, new CommandLineOverrides(), environment);

    public static ConfigurationResult Load(string yaml, CommandLineOverrides overrides, params (string Name, string Value)[] environment)
    {
        using var folder = new TemporaryFolder();
        return Source(folder.Write("postern.yaml", yaml), overrides, environment).Load();
    }

    public static ConfigurationSource Source(string? path, CommandLineOverrides? overrides = null, params (string Name, string Value)[] environment) => new()
    {
        Path = path,
        Environment = environment.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal),
        CommandLine = overrides ?? new(),
    };

    public static ConfigurationResult Load(this ConfigurationSource source) => ConfigurationFile.Load(source);

    public static PosternConfiguration Accepted(ConfigurationResult result)
    {
        Assert.Empty(result.Errors);
        return result.Configuration!;
    }

    /// <summary>The one error that is expected.</summary>
    public static ConfigurationError Only(ConfigurationResult result)
    {
        Assert.Null(result.Configuration);
        return Assert.Single(result.Errors);
    }
}
