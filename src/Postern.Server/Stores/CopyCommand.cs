using System.CommandLine;
using Postern.Configuration.Values;
using Postern.Egress;
using Postern.Ports;
using Postern.Server.Commands;
using Postern.Storage.Copying;
using Postern.Storage.PostgreSql;
using Postern.Storage.Sqlite;

namespace Postern.Server.Stores;

/// <summary><c>postern store copy</c>: moves a SQLite store that is stopped into a PostgreSQL database.</summary>
internal static class CopyCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { HelpName = "FILE", Description = "The SQLite store, such as data/postern.db. No Postern may run on it.", Required = true };
        var to = new Option<string>("--to")
        {
            HelpName = "URL",
            Description = "An empty PostgreSQL database: postgres://USER:PASSWORD@HOST:5432/DATABASE, or $env:NAME to keep the password out of the command line.",
            Required = true,
        };
        var command = new Command(
            "copy",
            "Copies a SQLite store into an empty PostgreSQL database, and compares every row of the two. Broken off, it goes on when it is run again.") { from, to };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var url = UrlOf(parsed.GetRequiredValue(to));
            if (PostgreSqlUrl.Parse(url).Problem is { } problem)
            {
                await error.WriteLineAsync($"--to {problem}");
                return CommandLine.Fault;
            }

            try
            {
                var file = Path.GetFullPath(parsed.GetRequiredValue(from));
                await StoreCopy.RunAsync(new SqliteOptions { Path = file }, new PostgreSqlOptions { Url = url }, output.WriteLine, cancellation);
                await output.WriteLineAsync(Next(file));
                return CommandLine.Done;
            }
            catch (StoreRefusedException exception)
            {
                await error.WriteLineAsync(exception.Message);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                await error.WriteLineAsync("Broken off. Run it again: it goes on where it is.");
            }

            return CommandLine.Fault;
        });
        return command;
    }

    private static string UrlOf(string text)
    {
        const string Variable = "$env:";
        return text.StartsWith(Variable, StringComparison.Ordinal) ? Environment.GetEnvironmentVariable(text[Variable.Length..]) ?? "" : text;
    }

    private static string Next(string file)
    {
        var key = Path.Combine(Path.GetDirectoryName(file)!, SecretProtectorKey.FileName);
        return File.Exists(key)
            ? $"Copied and compared. Set `store` to the database and `secrets.key` to `$file:{key}` (or what stands in it): what the store has sealed opens with nothing else. "
                + "Then start Postern on it, and never again on the file."
            : "Copied and compared. Set `store` to the database, keep secrets.key or secrets.keys as they are, start Postern on it, and never again on the file.";
    }
}
