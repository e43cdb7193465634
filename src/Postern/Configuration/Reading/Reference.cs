using System.Text;

namespace Postern.Configuration.Reading;

/// <summary>
/// <c>$env:NAME</c> and <c>$file:PATH</c>: a whole value that stands somewhere else. Never expanded inside other text, and
/// never taken literally: a password that reads <c>$env:…</c> would be one that everybody knows.
/// </summary>
internal static class Reference
{
    private const string Env = "$env:";
    private const string File = "$file:";

    /// <summary>The value that was meant; null when it cannot be had (reported).</summary>
    /// <param name="shown">How messages name the value: in quotes, or the reference when it comes from elsewhere.</param>
    public static string? Resolve(ScalarNode node, string path, Reader reader, out string shown)
    {
        var text = node.Value;
        shown = $"'{text}'";
        if (text.StartsWith(Env, StringComparison.Ordinal))
        {
            shown = $"the value of {text}";
            return FromEnvironment(text[Env.Length..], path, node.Place, reader);
        }

        if (text.StartsWith(File, StringComparison.Ordinal))
        {
            shown = $"the content of {text}";
            return FromFile(text[File.Length..], path, node.Place, reader);
        }

        if (text.Contains(Env, StringComparison.OrdinalIgnoreCase) || text.Contains(File, StringComparison.OrdinalIgnoreCase))
        {
            reader.Report(path, "a reference must be the whole value, in lower case and without spaces: $env:NAME or $file:PATH.", node.Place);
            return null;
        }

        return text;
    }

    private static string? FromEnvironment(string name, string path, Place place, Reader reader)
    {
        if (!reader.Source.Environment.TryGetValue(name, out var value))
        {
            reader.Report(path, $"the environment variable {name} is not set: set it, or write $file:PATH.", place);
            return null;
        }

        return NotEmpty(value, $"the environment variable {name} is empty: give it a value.", path, place, reader);
    }

    private static string? FromFile(string file, string path, Place place, Reader reader)
    {
        if (file.Length == 0)
        {
            reader.Report(path, "$file: names no file: write $file:PATH.", place);
            return null;
        }

        try
        {
            // Editors and `echo` end a file with a line break that is not part of the secret.
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(reader.ReadFile(file)).TrimStart('\uFEFF').TrimEnd('\r', '\n');
            return NotEmpty(text, $"the file {file} is empty: put the value in it.", path, place, reader);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            reader.Report(path, $"the file {file} cannot be read ({exception.Message.TrimEnd('.')}): a path is relative to the configuration file.", place);
            return null;
        }
    }

    private static string? NotEmpty(string value, string message, string path, Place place, Reader reader)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            return value;
        }

        reader.Report(path, message, place);
        return null;
    }
}
