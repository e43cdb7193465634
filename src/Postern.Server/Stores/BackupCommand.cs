using System.CommandLine;
using System.Globalization;
using Postern.Egress;
using Postern.Ports;
using Postern.Server.Commands;
using Postern.Storage.Sqlite.Backup;

namespace Postern.Server.Stores;

/// <summary><c>postern store backup</c>: a copy of the SQLite store as it is at one moment, beside a Postern that goes on running.</summary>
internal static class BackupCommand
{
    public static Command Create(TimeProvider time)
    {
        var command = new Command(
            "backup",
            "Copies a SQLite store, running or stopped, into one file, syncs and checks it; the key file beside the store is copied with it. Overwrites nothing.");
        var options = new BackupOptions(time);
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (options.FindStore(parsed, error) is not { } store)
            {
                return CommandLine.Fault;
            }

            try
            {
                await RunAsync(store, options.Target(parsed), output, cancellation);
                return CommandLine.Done;
            }
            catch (StoreRefusedException exception)
            {
                await error.WriteLineAsync(exception.Message);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                await error.WriteLineAsync("Broken off: nothing was kept.");
            }

            return CommandLine.Fault;
        });
        return command;
    }

    private static async Task RunAsync(string store, string target, TextWriter output, CancellationToken cancellation)
    {
        var keyFile = Path.Combine(Path.GetDirectoryName(store)!, SecretProtectorKey.FileName);
        var copy = await SqliteBackup.MakeAsync(store, keyFile, target, cancellation);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{target}: {copy.Bytes} bytes, store version {copy.Version}; events up to number {copy.LastSequence}, {copy.Subscriptions} subscriptions, {copy.Pending} callbacks owed; synced and checked"));
        await output.WriteLineAsync(copy.KeyFile is { } key
            ? $"{key}: the key file of the store. What it has sealed opens with nothing else: keep both together, and show them to nobody. "
                + "Where secrets.key or secrets.keys is configured, that is needed too."
            : $"NO KEY is in this backup: no {SecretProtectorKey.FileName} stands beside the store. What opens its secrets is secrets.key or secrets.keys of the configuration. "
                + "Keep that as long as the copy: without it no callback of it can be signed.");
    }
}
