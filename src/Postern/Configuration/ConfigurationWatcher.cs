using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration.Reading;
using Postern.Monitoring;

namespace Postern.Configuration;

/// <summary>Reads the configuration again when one of its files changes, and keeps the last good one.</summary>
/// <remarks>
/// What counts is the content: a rename over the file, the swapped symbolic link of a ConfigMap and a save are the same to it.
/// The system's announcements only wake it early; a slow poll finds what is never announced (network file systems).
/// </remarks>
internal sealed class ConfigurationWatcher(
    LoadedConfiguration loaded, LiveConfiguration live, PosternMeter meter, TimeProvider time, ILogger<ConfigurationWatcher> logger)
    : BackgroundService
{
    internal static readonly TimeSpan PollPeriod = TimeSpan.FromSeconds(5);

    /// <summary>Editors write in several steps: look when they are done.</summary>
    internal static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    // One waiting wake is enough: the look that follows sees everything.
    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, FileSystemWatcher?> announcers = new(StringComparer.Ordinal);
    private IReadOnlyList<FileStamp> files = loaded.Files;
    private DateTimeOffset? awaySince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var poll = time.CreateTimer(_ => Wake(), null, PollPeriod, PollPeriod);
        try
        {
            // What changed since the file was read and before anybody listened.
            Wake();
            while (await wakes.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Settle, time, stoppingToken);
                wakes.Reader.TryRead(out _);
                Listen();
                Look();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program ends.
        }
        finally
        {
            foreach (var announcer in announcers.Values)
            {
                announcer?.Dispose();
            }
        }
    }

    private void Wake() => wakes.Writer.TryWrite(true);

    private void Look()
    {
        // A file that is away or empty for a moment is being replaced; one that stays so is an error.
        var now = time.GetUtcNow();
        awaySince = loaded.Source.Path is { } path && Reader.IsAway(path) ? awaySince ?? now : null;
        if (now - awaySince < PollPeriod)
        {
            return;
        }

        if (files.All(file => Reader.HashOf(file.Path) == file.Hash))
        {
            return;
        }

        var result = ConfigurationFile.Reload(loaded.Source, live.Current);
        files = result.Files;
        if (result.Configuration is { } configuration)
        {
            Take(configuration);
        }
        else
        {
            Refuse(result.Errors);
        }
    }

    private void Take(PosternConfiguration configuration)
    {
        meter.ConfigurationReloads.Add(1, new KeyValuePair<string, object?>("result", "taken"));
        try
        {
            live.Replace(configuration);
            logger.Taken(loaded.Source.Path ?? "");
        }
        catch (Exception exception)
        {
            // A handler's fault must not end the watching, or a correction could never be taken.
            logger.ChangedFailed(exception);
        }
    }

    private void Refuse(IReadOnlyList<ConfigurationError> errors)
    {
        meter.ConfigurationReloads.Add(1, new KeyValuePair<string, object?>("result", "rejected"));
        live.Reject(new RejectedConfiguration(time.GetUtcNow(), errors));
        foreach (var error in errors)
        {
            logger.Refused(error);
        }

        logger.KeptLastGood(errors.Count, loaded.Source.Path ?? "");
    }

    /// <summary>Listens to the directories of all files; one that is made anew is listened to anew.</summary>
    private void Listen()
    {
        foreach (var directory in files.Select(file => Path.GetDirectoryName(file.Path)!).Distinct(StringComparer.Ordinal))
        {
            if (!Directory.Exists(directory))
            {
                announcers.Remove(directory, out var dead);
                dead?.Dispose();
                continue;
            }

            if (announcers.ContainsKey(directory))
            {
                continue;
            }

            try
            {
                announcers[directory] = Announce(directory);
            }
            catch (IOException exception)
            {
                // The limit of inotify instances, most often: the poll goes on.
                announcers[directory] = null;
                logger.NotAnnounced(directory, PollPeriod.TotalSeconds, exception);
            }
        }
    }

    private FileSystemWatcher Announce(string directory)
    {
        var announcer = new FileSystemWatcher(directory);
        announcer.Changed += (_, _) => Wake();
        announcer.Created += (_, _) => Wake();
        announcer.Deleted += (_, _) => Wake();
        announcer.Renamed += (_, _) => Wake();
        announcer.Error += (_, _) => Wake();
        announcer.EnableRaisingEvents = true;
        return announcer;
    }
}
