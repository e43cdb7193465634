namespace Postern.Server.CrashTest;

/// <summary>Events about somebody whose data is erased again and again. Nobody has subscribed to them: what is owed to others has to stay.</summary>
internal static class Erasures
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task RunAsync(GatewayCaller gateway, GatewayCaller admin, TimeProvider time, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await gateway.CallAsync(
                    HttpMethod.Post, "/events", """{"specversion":"1.0","id":"1","source":"/people","type":"person.made","subject":"somebody"}""",
                    "application/cloudevents+json", NodeFiles.Consumers[0], cancellation: stop);
                await admin.CallAsync(HttpMethod.Post, "/api/erase", """{"subject":"somebody"}""", cancellation: stop);
                await Task.Delay(Pause, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The load has ended.
        }
    }
}
