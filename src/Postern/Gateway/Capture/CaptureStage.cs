using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Faults;
using Postern.Model;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Gateway.Capture;

/// <summary>Puts a captured event on disk, and decides what becomes of the client's response when that fails.</summary>
internal sealed class CaptureStage(IStore store, PosternMeter meter, ILogger<CaptureStage> logger)
{
    private static readonly KeyValuePair<string, object?> FromCapture = new("origin", "capture");

    /// <summary>Null: the response may go out. Otherwise what the client gets in its place.</summary>
    public async Task<ProblemException?> StageAsync(EventContent content, string api, CaptureMode mode)
    {
        CrashPoint.Reach(CrashPoints.CaptureAfterUpstream);
        try
        {
            // Not cancelled by anything: the change has been made.
            await store.StageAsync([content], CancellationToken.None);
        }
        catch (Exception exception)
        {
            // Whatever it was, nothing says that the event is on disk. A store that cannot write has said so itself, with its stack.
            var unforeseen = exception is StoreUnavailableException ? null : exception;
            if (mode == CaptureMode.BestEffort)
            {
                meter.CaptureLost.Add(1);
                logger.CaptureLost(api, content.Type, exception.Message, unforeseen);
                return null;
            }

            meter.CaptureRefused.Add(1);
            logger.CaptureRefused(api, content.Type, exception.Message, unforeseen);
            return Problems.Unavailable("The API has made this change, but it could not be announced: nobody is called back for it. Look before you repeat the call.");
        }

        CrashPoint.Reach(CrashPoints.CaptureAfterCommit);
        meter.EventsStaged.Add(1, FromCapture);
        if (content.Extensions?.GetValueOrDefault(OmittedReason.Attribute) is { } reason)
        {
            meter.CaptureOmitted.Add(1, new KeyValuePair<string, object?>("reason", reason));
        }

        return null;
    }
}
