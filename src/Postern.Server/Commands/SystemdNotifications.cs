using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;
using Postern.Configuration;
using Postern.Hosting;

namespace Postern.Server.Commands;

/// <summary>
/// Tells systemd what becomes of the node (sd_notify(3)): ready when it can do its work, what <c>systemctl status</c> shows, and that it stops.
/// Nothing where nobody asked for it with <c>NOTIFY_SOCKET</c>.
/// </summary>
/// <remarks>Not as the host's lifetime, which is there only where systemd started the process itself, and says nothing of the configuration.</remarks>
internal static class SystemdNotifications
{
    /// <param name="node">A node that has started.</param>
    /// <param name="error">Told of what cannot be told to systemd.</param>
    public static void Follow(PosternNode node, TextWriter error)
    {
        var notifier = new SystemdNotifier();
        if (!notifier.IsEnabled)
        {
            return;
        }

        var live = node.Services.GetRequiredService<LiveConfiguration>();
        var running = live.File;
        live.Changed += _ =>
        {
            // Stored consumers come and go without it.
            if (live.File != running)
            {
                running = live.File;
                Tell(Status(Running(running)));
            }
        };
        live.Rejected += () =>
        {
            if (live.LastRejected is { } rejected)
            {
                Tell(Status(string.Create(
                    CultureInfo.InvariantCulture,
                    $"A change of the configuration was refused at {rejected.At:u}, what ran before runs on. Mistakes: {rejected.Errors.Count}, listed in the log")));
            }
        };
        node.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() =>
        {
            Tell(ServiceState.Stopping);
            Tell(Status("Stopping: what is under way is given its time"));
        });
        Tell(Status(Running(running)));
        Tell(ServiceState.Ready);

        void Tell(ServiceState state)
        {
            try
            {
                notifier.Notify(state);
            }
            catch (SocketException exception)
            {
                // Inherited from somebody who is gone, most likely: no reason not to run.
                error.WriteLine($"Nobody listens at NOTIFY_SOCKET ({exception.Message}): what the service manager should have been told is {state}");
            }
        }
    }

    private static string Running(PosternConfiguration configuration) => $"Gateway on {configuration.Gateway.Listen}, admin on {configuration.Admin.Listen}";

    private static ServiceState Status(string text) => new("STATUS=" + text);
}
