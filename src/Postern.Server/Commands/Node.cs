using Microsoft.Extensions.Logging.Console;
using Postern.Configuration;
using Postern.Hosting;
using Postern.Ports;
using Postern.Storage.Sqlite;

namespace Postern.Server.Commands;

/// <summary>Runs a node as a program: its drivers, its log, its exit code.</summary>
internal static class Node
{
    private const string SqlitePrefix = "sqlite:";

    /// <summary>Runs until the process is asked to stop.</summary>
    public static async Task<int> RunAsync(LoadedConfiguration loaded, CancellationToken cancellation)
    {
        try
        {
            await using var node = await StartAsync(loaded, LogToConsole, cancellation);
            await node.WaitForShutdownAsync(cancellation);
            return CommandLine.Done;
        }
        catch (Exception exception) when (exception is StoreRefusedException or IOException)
        {
            // A port or a file that is taken: the user's to mend, and no stack trace helps with that.
            await Console.Error.WriteLineAsync(exception.Message);
            return CommandLine.Fault;
        }
    }

    /// <summary>Starts a node on a configuration that has no file, and says nothing below a warning.</summary>
    public static async Task<IAsyncDisposable> StartQuietlyAsync(PosternConfiguration configuration, CancellationToken cancellation) =>
        await StartAsync(
            new LoadedConfiguration(configuration, new ConfigurationSource { Environment = new Dictionary<string, string>() }, []),
            static logging =>
            {
                LogToConsole(logging);
                logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.None);
            },
            cancellation);

    private static Task<PosternNode> StartAsync(LoadedConfiguration loaded, Action<ILoggingBuilder> logging, CancellationToken cancellation) =>
        PosternHost.StartAsync(new PosternSetup { Loaded = loaded, OpenStore = OpenStoreAsync, Logging = logging }, cancellation);

    private static async ValueTask<IStore> OpenStoreAsync(PosternConfiguration configuration, ILoggerFactory loggers, CancellationToken cancellation) =>
        await SqliteStore.OpenAsync(
            new SqliteOptions { Path = configuration.Store[SqlitePrefix.Length..] }, TimeProvider.System, loggers.CreateLogger<SqliteStore>(), cancellation);

    private static void LogToConsole(ILoggingBuilder logging) => logging
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        })
        .SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning)
        // The gateway says itself what became of a call, in one line.
        .AddFilter("Yarp", LogLevel.Error);
}
