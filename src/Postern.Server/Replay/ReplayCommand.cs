using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Server.Commands;

namespace Postern.Server.Replay;

/// <summary><c>postern replay</c>: has a running node send again what was not delivered, and shows how far it is.</summary>
internal static class ReplayCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        var command = new Command(
            "replay",
            "Sends events again: asks the admin port of a running Postern for a job, and shows how far it is until it has ended.");
        var options = new ReplayOptions();
        options.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            using var client = options.Connect(parsed);
            try
            {
                return await RunAsync(options, parsed, client, output, cancellation);
            }
            catch (AdminException exception)
            {
                await error.WriteLineAsync(exception.Message);
                return CommandLine.Fault;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(ReplayOptions options, ParseResult parsed, AdminClient client, TextWriter output, CancellationToken cancellation)
    {
        if (options.Callback(parsed) is { } callback)
        {
            var owed = await client.CallAsync(HttpMethod.Post, $"/api/callbacks/{Uri.EscapeDataString(callback)}/replay", null, cancellation);
            await output.WriteLineAsync($"{owed["id"]}: owed again, event {owed["event"]} to {owed["subscription"]}");
            return CommandLine.Done;
        }

        var job = await client.CallAsync(HttpMethod.Post, "/api/jobs", options.Order(parsed), cancellation);
        await output.WriteLineAsync(Describe(job));
        if (!options.Waits(parsed))
        {
            return CommandLine.Done;
        }

        try
        {
            return await FollowAsync(client, job, output, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await output.WriteLineAsync($"{job["id"]}: goes on without this command; DELETE /api/jobs/{job["id"]} cancels it");
            return CommandLine.Fault;
        }
    }

    private static async Task<int> FollowAsync(AdminClient client, JsonNode job, TextWriter output, CancellationToken cancellation)
    {
        var id = (string)job["id"]!;
        var shown = Describe(job);
        while ((string)job["state"]! == "running")
        {
            await Task.Delay(Interval, TimeProvider.System, cancellation);
            job = await client.CallAsync(HttpMethod.Get, "/api/jobs/" + id, null, cancellation);
            if (Describe(job) is var line && line != shown)
            {
                await output.WriteLineAsync(shown = line);
            }
        }

        return (string)job["state"]! == "done" ? CommandLine.Done : CommandLine.Fault;
    }

    private static string Describe(JsonNode job)
    {
        var (looked, done) = ((long)job["looked"]!, (long)job["done"]!);
        var of = (long?)job["total"] is { } total ? string.Create(CultureInfo.InvariantCulture, $" of {total}") : "";
        var reason = (string?)job["reason"] is { } why ? ". " + why : "";
        return string.Create(CultureInfo.InvariantCulture, $"{job["id"]}: {job["state"]}, {looked}{of} looked at, {done} owed again{reason}");
    }
}
