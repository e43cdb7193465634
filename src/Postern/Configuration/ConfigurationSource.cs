using System.Collections;

namespace Postern.Configuration;

/// <summary>Where a configuration comes from: the file, then the environment over it, then the command line over both.</summary>
public sealed record ConfigurationSource
{
    /// <summary>The file as the user named it; null: none.</summary>
    public string? Path { get; init; }

    /// <summary>Environment variables by name: <c>$env:NAME</c> is looked up here, <c>POSTERN__…</c> overrides the file.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public CommandLineOverrides CommandLine { get; init; } = new();

    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    /// <summary>What relative paths in the file are relative to.</summary>
    internal string Directory =>
        Path is null ? System.Environment.CurrentDirectory : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
}

/// <summary>What the command line sets over file and environment.</summary>
public sealed record CommandLineOverrides
{
    /// <summary>Address of the API: of the file's only one, or of one named <c>api</c>.</summary>
    public string? Upstream { get; init; }

    /// <summary>The store becomes <c>sqlite:DIR/postern.db</c>.</summary>
    public string? Data { get; init; }

    /// <summary>Added to <c>egress.allow</c>.</summary>
    public IReadOnlyList<string> EgressAllow { get; init; } = [];
}

/// <summary>A file that a configuration was read from.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Hash">SHA-256 of the bytes that were read; null when it could not be read.</param>
public sealed record FileStamp(string Path, string? Hash);

/// <summary>What reading a configuration gave.</summary>
/// <param name="Configuration">Null when there is any error.</param>
/// <param name="Errors">Every mistake, those of the file by line.</param>
/// <param name="Files">The file, and what it refers to by <c>$file:</c> or as a schema.</param>
public sealed record ConfigurationResult(
    PosternConfiguration? Configuration, IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<FileStamp> Files);

/// <summary>A configuration without mistakes and how to read it again.</summary>
public sealed record LoadedConfiguration(PosternConfiguration Configuration, ConfigurationSource Source, IReadOnlyList<FileStamp> Files);
