using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Console;
using Postern.Configuration;
using Postern.Configuration.Values;
using Postern.Faults;
using Postern.Hosting;
using Postern.Ports;
using Postern.RabbitMq;
using Postern.Storage.PostgreSql;
using Postern.Storage.Sqlite;

namespace Postern.Server.Commands;

/// <summary>Runs a node as a program: its drivers, its log, its exit code.</summary>
internal static class Node
{
    private const string SqlitePrefix = "sqlite:";

    /// <summary>Runs until the process is asked to stop.</summary>
    public static Task<int> RunAsync(LoadedConfiguration loaded, CancellationToken cancellation) => RunAsync(loaded, Console.Error, cancellation);

    internal static async Task<int> RunAsync(LoadedConfiguration loaded, TextWriter error, CancellationToken cancellation)
    {
        if (CrashPoint.Fault is { } fault)
        {
            await error.WriteLineAsync(fault);
            return CommandLine.Fault;
        }

        try
        {
            await using var node = await StartAsync(loaded, LogToConsole, cancellation);
            SystemdNotifications.Follow(node, error);
            await node.WaitForShutdownAsync(cancellation);
            return CommandLine.Done;
        }
        catch (Exception exception) when (exception is StoreRefusedException or IOException or SocketException)
        {
            // A port or a file that is taken: the user's to mend, and no stack trace helps with that.
            await error.WriteLineAsync(Explain(exception, loaded.Configuration));
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

    private static async Task<PosternNode> StartAsync(LoadedConfiguration loaded, Action<ILoggingBuilder> logging, CancellationToken cancellation)
    {
        // What fails at start is thrown, and told once and without a stack; a role that fails later is the host's to tell.
        var started = false;
        var node = await PosternHost.StartAsync(
            new PosternSetup
            {
                Loaded = loaded,
                OpenStore = OpenStoreAsync,
                MakeHub = MakeHub,
                Logging = builder =>
                {
                    logging(builder);
                    builder.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
                },
            },
            cancellation);
        started = true;
        return node;
    }

    private static string Explain(Exception exception, PosternConfiguration configuration) => exception switch
    {
        IOException { InnerException: AddressInUseException } =>
            exception.Message + " Stop the program that listens there, or give gateway.listen or admin.listen another port.",
        SocketException =>
            $"Cannot listen on {configuration.Gateway.Listen} (gateway.listen) and {configuration.Admin.Listen} (admin.listen): {exception.Message}. "
            + "Give addresses of this host, and ports that the user who runs Postern may take.",
        _ => exception.Message,
    };

    private static async ValueTask<IStore> OpenStoreAsync(PosternConfiguration configuration, ILoggerFactory loggers, CancellationToken cancellation) =>
        PostgreSqlUrl.Is(configuration.Store)
            ? await PostgreSqlStore.OpenAsync(
                new PostgreSqlOptions { Url = configuration.Store, OnFatal = EndReplaced }, TimeProvider.System, loggers.CreateLogger<PostgreSqlStore>(), cancellation)
            : await SqliteStore.OpenAsync(
                new SqliteOptions { Path = configuration.Store[SqlitePrefix.Length..], OnFatal = EndUnsynced }, TimeProvider.System, loggers.CreateLogger<SqliteStore>(), cancellation);

    private static void EndUnsynced(string why) =>
        End($"a sync of its store failed: {why}. Start it again when the disk is sound");

    private static void EndReplaced(string why) =>
        End($"{why}. Start it again: where another node leads, it stands by");

    private static IHub MakeHub(HubSetup setup) => setup.Hub.IsEmbedded ? new EmbeddedHub() : new RabbitMqHub(setup);

    // Without a shutdown in order: it could only wait for a store that writes no more. What was acknowledged is on disk.
    private static void End(string why)
    {
        Console.Error.WriteLine($"Postern ends, because {why}; nothing that was acknowledged is lost.");
        ThreadPool.UnsafeQueueUserWorkItem(static _ => Environment.Exit(CommandLine.StoreLost), null);
    }

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
