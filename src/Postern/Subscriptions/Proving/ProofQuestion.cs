using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Delivery;
using Postern.Model;

namespace Postern.Subscriptions.Proving;

/// <summary>
/// Asks one receiver for its consent, through the guard and within one attempt's time, with the credentials and certificates that callbacks
/// carry: a receiver that lets in nobody without them could not be asked otherwise.
/// </summary>
internal sealed class ProofQuestion(EgressClient egress, OAuthClient tokens, SecretProtector protector, TimeProvider time, ILogger<ProofQuestion> logger)
{
    /// <exception cref="OperationCanceledException">The process is stopping.</exception>
    public async Task<ProofAnswer> AskAsync(Subscription subscription, Verification kind, PosternConfiguration configuration, CancellationToken stopping)
    {
        EgressTrace? trace = null;
        using var deadline = new CancellationTokenSource(configuration.Callbacks.Timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            var (lease, challenge) = (configuration.Verification.Lease, Challenge.Create());
            using var request = kind == Verification.Challenge
                ? new EgressRequest(HttpMethod.Get, Challenge.UrlOf(subscription, challenge, lease))
                : new EgressRequest(HttpMethod.Options, new Uri(subscription.Callback));
            trace = request.Trace;
            request.Headers.UserAgent.Add(EgressAgent.Name);
            var delivery = CallbackDelivery.Open(subscription, protector);
            request.Tls = delivery.TlsOf(configuration, subscription.Path);
            delivery.AddTo(request.Headers);
            await delivery.AddTokenAsync(request.Headers, tokens, end.Token);
            return kind == Verification.Challenge
                ? await Challenge.AskAsync(egress, request, challenge, end.Token)
                : await Handshake.AskAsync(
                    egress, request, configuration.Verification.Origin!, configuration.Callbacks.RateOf(EndpointName.Of(request.RequestUri!)), end.Token);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            if (EgressFault.Of(exception, trace?.Phase ?? default) is { } fault)
            {
                return new ProofAnswer.Refusal(fault.Text);
            }

            logger.NotAsked(subscription.Id, exception);
            return new ProofAnswer.Refusal("The gateway could not ask the receiver; its operator finds the reason in the log.");
        }
    }
}
