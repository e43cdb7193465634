namespace Postern.Samples.Receiver;

/// <summary>Takes callbacks at any path, verifies them, and keeps them in an <see cref="Inbox"/>.</summary>
public static class ReceiverApi
{
    /// <summary>The receiver, ready to start, listening on <paramref name="url"/> only.</summary>
    public static WebApplication Build(string url, Inbox inbox, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);

        var receiver = builder.Build();
        receiver.Run(context => ReceiveAsync(context, inbox, time));
        return receiver;
    }

    private static async Task ReceiveAsync(HttpContext context, Inbox inbox, TimeProvider time)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "POST";
            return;
        }

        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, context.RequestAborted);
        var at = time.GetTimestamp();
        var body = buffer.ToArray();
        var path = request.Path.Value ?? "/";

        var secret = inbox.SecretOf(path);
        var fault = secret is null ? null : StandardWebhook.FaultOf(
            secret, request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], body, time.GetUtcNow());
        var verdict = secret is null ? Verdict.Unverified : fault is null ? Verdict.Verified : Verdict.Forged;

        // A forged call is refused before anything else: it must not use up a planned failure.
        var status = verdict is Verdict.Forged ? StatusCodes.Status401Unauthorized
            : inbox.TakeFailure(path) ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status204NoContent;

        inbox.Add(new Receipt
        {
            Path = path,
            Headers = request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal),
            Body = body,
            Status = status,
            Verdict = verdict,
            Fault = fault,
            At = at,
        });
        context.Response.StatusCode = status;
    }
}
