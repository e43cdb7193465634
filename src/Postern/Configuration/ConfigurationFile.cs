using System.Text;
using Postern.Configuration.Reading;
using Postern.Configuration.Rules;

namespace Postern.Configuration;

/// <summary>Reads <c>postern.yaml</c> and what stands over it.</summary>
public static class ConfigurationFile
{
    /// <summary>The name that is looked for when none is given.</summary>
    public const string DefaultName = "postern.yaml";

    /// <summary>Reads everything and reports every mistake; throws nothing that a user can cause.</summary>
    public static ConfigurationResult Load(ConfigurationSource source) => Load(source, new Reader(source), running: null);

    /// <summary>The same for a program that runs: what needs a restart is an error.</summary>
    internal static ConfigurationResult Reload(ConfigurationSource source, PosternConfiguration running) => Load(source, new Reader(source), running);

    private static ConfigurationResult Load(ConfigurationSource source, Reader reader, PosternConfiguration? running)
    {
        if (ReadTree(source, reader) is not { } tree)
        {
            return new ConfigurationResult(null, reader.Errors, reader.Files);
        }

        tree = Overrides.Environment(tree, source.Environment, reader.Errors);
        tree = Overrides.CommandLine(tree, source.CommandLine, reader.Errors);
        reader.Note("", tree.Place);
        if (!ConfigurationKeys.Document.TryRead(tree, "", reader, out var configuration))
        {
            return new ConfigurationResult(null, reader.Errors, reader.Files);
        }

        AddressRules.Check(configuration, reader);
        CertificateRules.Check(configuration, reader);
        EgressTunnelRules.Check(configuration, reader);
        ApiRules.Check(configuration, reader);
        VerificationRules.Check(configuration, reader);
        ConsumerRules.Check(configuration, reader);
        IssuerRules.Check(configuration, reader);
        ClientCertificateRules.Check(configuration, reader);
        SecretRules.Check(configuration, reader);
        IdentityRules.Check(configuration, reader);
        PlatformRules.Check(configuration, reader);
        if (running is not null && reader.Errors.Count == 0)
        {
            foreach (var path in RestartRules.Changed(running, configuration))
            {
                reader.Report(
                    path,
                    "needs a restart: nothing of this change is taken until the program is started again, or until this setting is as it was.");
            }
        }

        var errors = reader.Errors.OrderBy(error => error.Line is null).ThenBy(error => error.Line).ToList();
        return new ConfigurationResult(errors.Count == 0 ? configuration : null, errors, reader.Files);
    }

    private static Node? ReadTree(ConfigurationSource source, Reader reader)
    {
        if (source.Path is not { } path)
        {
            return MapNode.Empty(new Place("command line", null));
        }

        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(reader.ReadFile(Path.GetFullPath(path))).TrimStart('\uFEFF');
            return YamlTree.Parse(text, path, reader.Errors);
        }
        catch (DecoderFallbackException)
        {
            reader.Report("", "is not UTF-8 text: save it as UTF-8.", new Place(path, null));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            reader.Report("", "there is no such file: name one with --config PATH, or start with --upstream URL and none.", new Place(path, null));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reader.Report("", $"cannot be read: {exception.Message}", new Place(path, null));
        }

        return null;
    }
}
