using System.Net.Sockets;
using System.Security.Authentication;

namespace Postern.Egress;

/// <summary>What went wrong with a call, in words for the developer at the other end.</summary>
internal readonly record struct EgressFault(EgressFailure Failure, string Text)
{
    /// <summary>One message for every refusal: what is behind an address is nobody's business.</summary>
    public const string RefusedText =
        "The gateway does not call this address: it is private or reserved, or needs https. The operator can allow it (egress.allow).";

    /// <summary>Sorts an exception of <see cref="EgressClient.SendAsync"/> or of reading its response; null when it is none of theirs.</summary>
    /// <param name="phase">How far the request had come: a deadline does not say what it cut off.</param>
    public static EgressFault? Of(Exception exception, EgressPhase phase)
    {
        HttpRequestError? error = null;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case EgressException own:
                    return new EgressFault(own.Failure, own.Message);
                case AuthenticationException tls:
                    return new EgressFault(EgressFailure.Tls, "The TLS handshake failed: " + tls.Message);
                case OperationCanceledException or TimeoutException:
                    return Late(phase);
                case SocketException socket:
                    return Of(socket);
                case HttpRequestException request:
                    error ??= request.HttpRequestError;
                    break;
                case HttpIOException response:
                    error = response.HttpRequestError;
                    break;
            }
        }

        return error switch
        {
            HttpRequestError.ConfigurationLimitExceeded => new(EgressFailure.HeadersTooLarge, "The response's headers are larger than 16 KiB."),
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError =>
                new(EgressFailure.Protocol, "The response is not valid HTTP/1.1."),
            HttpRequestError.SecureConnectionError => new(EgressFailure.Tls, "The TLS handshake failed."),
            HttpRequestError.NameResolutionError => new(EgressFailure.DnsUnavailable, "The host name could not be resolved."),
            HttpRequestError.ConnectionError => new(EgressFailure.Connect, "The connection could not be made."),
            _ => exception is HttpRequestException or IOException
                ? new EgressFault(EgressFailure.Closed, "The connection was closed before the response was complete.")
                : null,
        };
    }

    /// <summary>Sorts what the system's resolver answers.</summary>
    /// <remarks>glibc says EAI_AGAIN for a SERVFAIL and for a name server that is silent alike.</remarks>
    public static EgressException OfName(SocketException exception) => exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData
        ? new(EgressFailure.DnsNotFound, "The host name has no address.", exception)
        : new(EgressFailure.DnsUnavailable, "The host name could not be resolved now: " + exception.SocketErrorCode, exception);

    private static EgressFault Late(EgressPhase phase) => phase switch
    {
        EgressPhase.Reaching => new(EgressFailure.Shortage, "No gateway to send through was reached in time."),
        EgressPhase.Queueing => new(EgressFailure.Shortage, "The gateway has too many host names to look up."),
        EgressPhase.Resolving => new(EgressFailure.DnsTimeout, "The host name was not resolved in time."),
        EgressPhase.Waiting or EgressPhase.Connecting => new(EgressFailure.ConnectTimeout, "The connection was not made in time."),
        EgressPhase.Securing => new(EgressFailure.TlsTimeout, "The TLS handshake did not end in time."),
        _ => new(EgressFailure.Timeout, "There was no complete response before the deadline."),
    };

    private static EgressFault Of(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable =>
            new(EgressFailure.Shortage, "The gateway has no socket left: " + exception.SocketErrorCode),
        SocketError.ConnectionRefused => new(EgressFailure.ConnectRefused, "The connection was refused: nothing listens there."),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => new(EgressFailure.ConnectUnreachable, "The host cannot be reached."),
        SocketError.TimedOut => new(EgressFailure.ConnectTimeout, "The connection timed out."),
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown =>
            new(EgressFailure.Reset, "The connection was reset before the response was complete."),
        _ => new(EgressFailure.Connect, "The connection could not be made: " + exception.SocketErrorCode),
    };
}
