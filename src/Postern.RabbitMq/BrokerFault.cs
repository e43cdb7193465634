using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Postern.RabbitMq;

/// <summary>What is wrong, in a sentence for an operator: never a password.</summary>
internal static class BrokerFault
{
    public static string Explain(Exception exception) => exception switch
    {
        BrokerUnreachableException { InnerException: AggregateException { InnerExceptions: [var first, ..] } } => Explain(first),
        BrokerUnreachableException { InnerException: { } inner } => Explain(inner),
        AuthenticationFailureException or PossibleAuthenticationFailureException =>
            "The broker refused the user name or the password.",
        AuthenticationException tls => $"TLS with the broker failed: {Sentence(tls.InnerException?.Message ?? tls.Message)}",
        ConnectFailureException { InnerException: { } inner } => Explain(inner),
        SocketException socket => $"The broker cannot be reached: {Sentence(socket.Message)}",
        OperationInterruptedException { ShutdownReason: { } reason } => Explain(reason),
        TimeoutException or OperationCanceledException => "The broker did not answer in time.",
        _ => Sentence(exception.Message),
    };

    public static string Explain(ShutdownEventArgs reason) => reason.ReplyCode switch
    {
        320 => "The broker closed the connection: it stops, or an operator closed it.",
        403 => $"The broker refuses access: {Sentence(reason.ReplyText)}",
        406 => $"A queue of this name is of another kind: {Sentence(reason.ReplyText)} Remove it, or set hub.queues.",
        530 => $"The broker does not allow it: {Sentence(reason.ReplyText)}",
        _ => $"The connection ended: {Sentence(reason.ReplyText)}",
    };

    private static string Sentence(string text) => text.TrimEnd('.', ' ') + ".";
}
