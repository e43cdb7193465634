using System.Text;
using Postern.Configuration.Values;

namespace Postern.Configuration.Reading;

/// <summary>Reads the file with the keys of an issuer.</summary>
internal static class IssuerKeyFiles
{
    /// <summary>The same with what was read; without it when something is wrong (reported).</summary>
    public static IssuerKeysConfiguration Load(IssuerKeysConfiguration keys, string path, Reader reader)
    {
        if (keys.File is not { } file)
        {
            return keys;
        }

        var at = KeyPath.Key(path, "file");
        try
        {
            return keys with { Loaded = PublicKeys.Parse(Encoding.UTF8.GetString(reader.ReadFile(file))) };
        }
        catch (FormatException exception)
        {
            reader.Report(at, $"'{file}' cannot be used: {exception.Message}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            reader.Report(at, $"'{file}' cannot be read ({exception.Message.TrimEnd('.')}): a path is relative to the configuration file.");
        }

        return keys;
    }
}
