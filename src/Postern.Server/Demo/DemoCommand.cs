using System.CommandLine;
using Postern.Configuration;

namespace Postern.Server.Demo;

/// <summary>Starts the gateway on a configuration; disposing of what is returned stops it. Its log must stay quiet below warnings.</summary>
internal delegate Task<IAsyncDisposable> StartGateway(PosternConfiguration configuration, CancellationToken cancellation);

/// <summary><c>postern demo</c>: gateway, shop and receiver in one go, and a story played through them.</summary>
internal static class DemoCommand
{
    public static Command Create(StartGateway startGateway)
    {
        var exit = new Option<bool>("--exit") { Description = "End after the story: exit code 0 when every callback was seen and verified, else 1." };
        var command = new Command("demo", "Starts the gateway with a sample shop and a sample receiver, plays a story through them, and stays up to play with.") { exit };
        command.SetAction((parsed, cancellation) =>
            RunAsync(startGateway, new DemoPrinter(DemoConsole.Create()), stay: !parsed.GetValue(exit), TimeProvider.System, cancellation));
        return command;
    }

    internal static async Task<int> RunAsync(
        StartGateway startGateway, DemoPrinter printer, bool stay, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await using var house = await DemoHouse.StartAsync(startGateway, time, cancellation);
            using var caller = new DemoCaller(house.Places.Gateway, time);
            printer.Welcome(house);

            var story = new DemoStory(house, caller, printer, time);
            await story.PlayAsync(cancellation);
            if (stay)
            {
                await story.StayAsync(cancellation);
            }

            return 0;
        }
        catch (DemoException exception)
        {
            printer.Failure(exception.Message);
            return 1;
        }
        catch (IOException exception)
        {
            // A port that was free a moment ago, most likely.
            printer.Failure($"The demo could not start. {exception.Message} Start it again: it takes other ports then.");
            return 1;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C or SIGTERM: everything has been stopped on the way here.
            return 0;
        }
    }
}

/// <summary>The story did not go as it should; the message says what was expected and what came.</summary>
internal sealed class DemoException(string message) : Exception(message);
