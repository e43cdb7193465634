using System.Diagnostics;
using System.Globalization;

namespace Postern.Tests;

/// <summary>A PostgreSQL server of a test's own, from Debian's package: on loopback, in a folder that goes with it.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Programs = "/usr/lib/postgresql";

    // The server refuses to be run by root.
    private const string Owner = "postgres";

    private readonly string folder;

    private PostgreSqlServer(string folder, int port) => (this.folder, Port) = (folder, port);

    public int Port { get; }

    /// <summary>Null: there is none on this machine.</summary>
    public static string? FindPrograms() => Directory.Exists(Programs)
        ? Directory.GetDirectories(Programs).Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Max()
        : null;

    public static async Task<PostgreSqlServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("postern-pg-").FullName;
        var server = new PostgreSqlServer(folder, FreePort.Next());
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                await RunAsync("chown", Owner, folder);
            }

            await RunOwnAsync("initdb", "-D", server.Data, "-U", Owner, "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8");
            await File.AppendAllTextAsync(Path.Combine(server.Data, "postgresql.conf"), string.Create(
                CultureInfo.InvariantCulture,
                $"""

                listen_addresses = '127.0.0.1'
                port = {server.Port}
                unix_socket_directories = '{folder}'
                max_connections = 200
                """));
            await server.BeginAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a database, and gives the URL of a store in it.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"postern_{Guid.NewGuid():N}";
        await QueryAsync("postgres", $"CREATE DATABASE {name}");
        return string.Create(CultureInfo.InvariantCulture, $"postgres://{Owner}@127.0.0.1:{Port}/{name}");
    }

    /// <summary>Runs SQL as whoever may do everything, and gives what it answers, a line for each row.</summary>
    public Task<string> QueryAsync(string database, string sql) => RunOwnAsync(
        "psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", Owner, "-d", database, "-c", sql);

    /// <summary>Starts it, or starts it again.</summary>
    public Task BeginAsync() => RunOwnAsync("pg_ctl", "-D", Data, "-l", Path.Combine(folder, "log"), "-w", "-t", "60", "start");

    /// <summary>As a crash: nothing is written that was not, and who is connected is thrown off.</summary>
    public Task CrashAsync() => RunOwnAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await CrashAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private string Data => Path.Combine(folder, "data");

    private static Task<string> RunOwnAsync(string program, params string[] arguments)
    {
        var file = Path.Combine(FindPrograms() ?? throw new InvalidOperationException($"There is no PostgreSQL in {Programs}."), program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("setpriv", ["--reuid", Owner, "--regid", Owner, "--clear-groups", file, .. arguments])
            : RunAsync(file, arguments);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            // A server that is started in here keeps what it has inherited: it is given files of its own by pg_ctl.
            RedirectStandardOutput = program is not "pg_ctl" && !arguments.Contains("start"),
            RedirectStandardError = !arguments.Contains("start"),
            WorkingDirectory = "/",
        })!;
        var output = process.StartInfo.RedirectStandardOutput ? process.StandardOutput.ReadToEndAsync() : Task.FromResult("");
        var errors = process.StartInfo.RedirectStandardError ? process.StandardError.ReadToEndAsync() : Task.FromResult("");
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? (await output).TrimEnd()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
    }
}
