using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Postern.Gateway.Pipeline;

/// <summary>
/// What is left of a body when its call is over. Where a caller has sent all it had and closed its side, the server stops to read bodies, and
/// takes what it has received of one for the next request: a request that nobody sent.
/// </summary>
/// <remarks>
/// That the caller has gone is told to the call some time after the server acts on it. So nothing here waits to be told: behind a body that was
/// not read to its end no request is read at all.
/// </remarks>
internal static class UnreadBody
{
    // What a caller has sent by the time that it is refused is mostly all of it: its connection is kept.
    private const long MostPassedOver = 64 * 1024;

    /// <param name="body">The body as the server gave it.</param>
    public static void Settle(HttpContext context, Stream body)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol)
            && context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false }
            && !TryPassOver(context, body))
        {
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    /// <summary>Reads what has come. False where that is not all, or its end cannot be told.</summary>
    private static bool TryPassOver(HttpContext context, Stream body)
    {
        if (context.Request.Headers.Expect.Count > 0 && !context.Response.HasStarted)
        {
            // To read would be to ask for it (RFC 9110 §10.1.1).
            return false;
        }

        try
        {
            context.Request.Body = body;
            var reader = context.Request.BodyReader;
            for (var passed = 0L; passed <= MostPassedOver && reader.TryRead(out var result);)
            {
                passed += result.Buffer.Length;
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException)
        {
            // Broken, too large, gone, or still read by somebody.
            return false;
        }
    }
}
