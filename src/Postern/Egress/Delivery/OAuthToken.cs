namespace Postern.Egress.Delivery;

/// <summary>The access token of one subscription: fetched when an attempt needs it, by one of them for all that wait.</summary>
internal sealed class OAuthToken(DeliveryAuth.OAuth2 grant)
{
    /// <summary>So long a failure stands: callbacks that wait in their thousands must not ask for each of them.</summary>
    public static readonly TimeSpan FailureHolds = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private Task<IssuedToken>? current;
    private DateTimeOffset begun;

    // One that was fetched after a 401 and refused as well says that the receiver does not want this client: fetching more of them helps nobody.
    private bool mistrusted;

    /// <exception cref="EgressException">There is none to be had.</exception>
    public async ValueTask<string> GetAsync(OAuthClient client, CancellationToken cancellation)
    {
        Task<IssuedToken> token;
        lock (gate)
        {
            if (current is not { } known || (known.IsCompleted && !IsUsable(known, client.Now)))
            {
                // It outlives the attempt that began it: others wait for it too.
                current = client.RequestAsync(grant);
                begun = client.Now;
            }

            token = current;
        }

        try
        {
            return (await token.WaitAsync(cancellation)).Text;
        }
        catch (OperationCanceledException exception) when (cancellation.IsCancellationRequested)
        {
            throw new EgressException(EgressFailure.Token, "The token endpoint did not give an access token in time.", exception);
        }
    }

    /// <summary>What the receiver said to a token. A 401 drops it, once until one has been taken.</summary>
    public void Judge(string token, int status)
    {
        lock (gate)
        {
            if (status != 401)
            {
                mistrusted = false;
            }
            else if (!mistrusted && current is { IsCompletedSuccessfully: true } known && known.Result.Text == token)
            {
                (current, mistrusted) = (null, true);
            }
        }
    }

    private bool IsUsable(Task<IssuedToken> asked, DateTimeOffset now) =>
        asked.IsCompletedSuccessfully ? now < asked.Result.Until : now - begun < FailureHolds;
}

/// <param name="Text">What goes into the header.</param>
/// <param name="Until">When another one is asked for: shortly before it ends.</param>
internal readonly record struct IssuedToken(string Text, DateTimeOffset Until)
{
    /// <summary>A record would print its secret.</summary>
    public override string ToString() => nameof(IssuedToken);
}
