using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>The sources of keys, kept over changes of the configuration that do not touch them, and looked after from here.</summary>
internal sealed class IssuerDirectory(LiveConfiguration live, FetchDocument fetch, TimeProvider time, ILogger<IssuerDirectory> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, IssuerKeySource> sources = new(StringComparer.Ordinal);

    /// <summary>The source of an issuer that publishes its keys.</summary>
    public IssuerKeySource Of(string name, IssuerConfiguration issuer) =>
        sources.GetOrAdd(Identity(name, issuer), _ => new IssuerKeySource(name, issuer, fetch, time, logger));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        do
        {
            LookAfter();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void LookAfter()
    {
        var wanted = live.Current.Identity.Issuers
            .Where(static issuer => issuer.Value.Keys.IsPublished)
            .ToDictionary(static issuer => Identity(issuer.Key, issuer.Value), StringComparer.Ordinal);
        foreach (var gone in sources.Keys.Where(key => !wanted.ContainsKey(key)))
        {
            sources.TryRemove(gone, out _);
        }

        foreach (var (name, issuer) in wanted.Values)
        {
            Of(name, issuer).RefreshIfDue();
        }
    }

    // Everything that a source takes from its configuration.
    private static string Identity(string name, IssuerConfiguration issuer) =>
        $"{name}\n{issuer.Issuer}\n{issuer.Keys.Jwks}\n{issuer.DiscoveryAddress}\n{issuer.Keys.StaleFor}\n{string.Join(',', issuer.Algorithms)}";
}
