using Postern.Operations;
using Yarp.ReverseProxy.Forwarder;

namespace Postern.Gateway.Proxy;

/// <summary>What a caller is told when the API could not be asked: what happened, and nothing of what is behind the gateway.</summary>
internal static class UpstreamProblems
{
    public static ProblemException Of(ForwarderError error) => error switch
    {
        ForwarderError.RequestTimedOut or ForwarderError.UpgradeActivityTimeout =>
            new(Problems.Make(504, "upstream-timeout", "The API did not answer in time", "The call may have had an effect: look before you repeat it.")),
        ForwarderError.RequestBodyClient =>
            Problems.Malformed("The body of the request could not be read to its end."),
        ForwarderError.NoAvailableDestinations =>
            new(Problems.Make(503, "no-upstream", "The API is not available", "No address of the API is configured."), TimeSpan.FromSeconds(1)),
        _ => new(Problems.Make(502, "bad-gateway", "The API could not be reached", "The connection to the API failed or was cut.")),
    };
}
