using System.CommandLine;
using System.Globalization;
using Postern.Server.Commands;

namespace Postern.Server.Stores;

/// <summary>The options of <c>postern store backup</c>: which store, and where to.</summary>
internal sealed class BackupOptions(TimeProvider time)
{
    private const string SqlitePrefix = "sqlite:";

    private readonly ConfigurationOptions configuration = new();

    private readonly Option<string?> data = new("--data")
    {
        HelpName = "DIR",
        Description = "The store is DIR/postern.db, and no configuration is read.",
    };

    private readonly Option<string> to = new("--to")
    {
        HelpName = "PATH",
        Description = "The file to make, or a folder that is there: the file in it is called after the time (UTC), postern-20270131T120000Z.db.",
        Required = true,
    };

    public void AddTo(Command command)
    {
        configuration.AddFileTo(command);
        command.Options.Add(data);
        command.Options.Add(to);
    }

    /// <summary>The file of the store; null where there is none, with the reason in <paramref name="report"/>.</summary>
    public string? FindStore(ParseResult parsed, TextWriter report)
    {
        if (parsed.GetValue(data) is { } folder)
        {
            return Path.GetFullPath(Path.Combine(folder, "postern.db"));
        }

        if (configuration.Load(parsed, report) is not { Configuration.Store: var store })
        {
            return null;
        }

        if (store.StartsWith(SqlitePrefix, StringComparison.Ordinal))
        {
            return Path.GetFullPath(store[SqlitePrefix.Length..]);
        }

        // Not named: an address of a server may have a password in it.
        report.WriteLine("The store is no file: a database server is backed up with its own tools.");
        return null;
    }

    public string Target(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(to);
        return Directory.Exists(path)
            ? Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"postern-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}.db"))
            : path;
    }
}
