using System.Text.Json;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Configuration.Values;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>The keys of one issuer that publishes them: fetched beside the calls, never by a call's own work.</summary>
internal sealed class IssuerKeySource(string name, IssuerConfiguration issuer, FetchDocument fetch, TimeProvider time, ILogger logger)
{
    /// <summary>What a call waits at most for keys that it is the first to need.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private volatile Held? held;
    private Task? underWay;
    private long? tried;
    private bool failed;

    /// <summary>The keys that may be used now; null: there are none, or none that are fresh enough.</summary>
    public IssuerKeys? Current => held is { } last && time.GetElapsedTime(last.At) <= issuer.Keys.StaleFor ? last.Keys : null;

    /// <summary>Fetches the keys if it is time for it.</summary>
    public void RefreshIfDue()
    {
        lock (gate)
        {
            if (underWay is null && KeyRefresh.IsDue(SinceTry, failed, held is not null))
            {
                Start();
            }
        }
    }

    /// <summary>The keys after a new look, if one is allowed and comes back in time; else those that are there.</summary>
    public async ValueTask<IssuerKeys?> RenewAsync(CancellationToken cancellation)
    {
        if (Ask() is { } looking)
        {
            try
            {
                await looking.WaitAsync(Patience, time, cancellation);
            }
            catch (TimeoutException)
            {
                // It goes on for those who come after.
            }
        }

        return Current;
    }

    private TimeSpan? SinceTry => tried is { } at ? time.GetElapsedTime(at) : null;

    private Task? Ask()
    {
        lock (gate)
        {
            if (underWay is null && KeyRefresh.MayAsk(SinceTry))
            {
                Start();
            }

            return underWay;
        }
    }

    private void Start()
    {
        tried = time.GetTimestamp();
        underWay = Task.Run(FetchAsync);
    }

    private async Task FetchAsync()
    {
        string? reason = null;
        try
        {
            using var deadline = new CancellationTokenSource(KeyRefresh.Deadline, time);
            Take(await ReadAsync(deadline.Token));
        }
        catch (Exception exception)
        {
            // Whatever it was: those who wait for it must go on, and the next look must come.
            reason = exception.Message;
            logger.IssuerKeysNotFetched(name, reason, held is not null);
        }

        lock (gate)
        {
            failed = reason is not null;
            underWay = null;
        }
    }

    private async Task<string> ReadAsync(CancellationToken cancellation)
    {
        if (issuer.Keys.Jwks is { } jwks)
        {
            return await fetch(new Uri(jwks), cancellation);
        }

        var address = new Uri(issuer.DiscoveryAddress);
        return await fetch(FindKeys(await fetch(address, cancellation), address), cancellation);
    }

    // OpenID Connect Discovery 1.0 §4.3: a document of another issuer says nothing about this one's keys.
    private Uri FindKeys(string document, Uri address)
    {
        using var parsed = JsonDocument.Parse(document);
        if (parsed.RootElement.ValueKind != JsonValueKind.Object || TokenClaims.Text(parsed.RootElement, "issuer") != issuer.Issuer)
        {
            throw new FormatException($"The document at {address} is not about {issuer.Issuer}.");
        }

        return Uri.TryCreate(TokenClaims.Text(parsed.RootElement, "jwks_uri"), UriKind.Absolute, out var keys) && (keys.Scheme is "http" or "https")
            ? keys
            : throw new FormatException($"The document at {address} has no jwks_uri.");
    }

    private void Take(string text)
    {
        // The same text keeps the same keys, and with them what was verified by them.
        var keys = held is { } last && last.Text == text ? last.Keys : Read(text);
        if (keys != held?.Keys)
        {
            logger.IssuerKeysTaken(name, keys.Count);
        }

        held = new Held(text, keys, time.GetTimestamp());
    }

    private IssuerKeys Read(string text) =>
        IssuerKeys.Of(PublicKeys.Parse(text), issuer.Algorithms) is { Count: > 0 } keys
            ? keys
            : throw new FormatException($"None of the keys can be used with {string.Join(", ", issuer.Algorithms)}.");

    private sealed record Held(string Text, IssuerKeys Keys, long At);
}
