using Microsoft.Extensions.Primitives;
using Postern.Configuration;
using Postern.Gateway.Identity;
using Postern.Gateway.Pipeline;
using Postern.Gateway.Proxy;
using Postern.Model.Resources;

namespace Postern.Gateway.Dispatch;

/// <summary>One API of a snapshot, ready to route by.</summary>
internal sealed class ApiRoute
{
    private readonly AuthPolicies auth;
    private readonly Dictionary<string, (string Name, RouteLimitConfiguration Limits)> resourceLimits;

    public ApiRoute(string name, ApiConfiguration configuration, Upstreams upstreams)
    {
        Name = name;
        Configuration = configuration;
        Prefix = [.. configuration.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(RequestPath.Decode)];
        Resources = new ResourceMatcher(Prefix.Length == 0 ? "" : "/" + string.Join('/', Prefix), configuration.Resources?.Keys);
        auth = new AuthPolicies(configuration);
        Pool = upstreams.PoolFor(configuration.Upstream);
        ForwardedPrefix = Prefix.Length == 0 ? null : configuration.Path.TrimEnd('/');
        AnswerHeaders = [.. configuration.AnswerHeaders.Select(static header => KeyValuePair.Create(header.Key, new StringValues(header.Value)))];
        LimitName = "api " + name;
        resourceLimits = configuration.Resources?
            .Where(static resource => resource.Value.Limits != new RouteLimitConfiguration())
            .ToDictionary(resource => resource.Key, resource => (LimitName + resource.Key, resource.Value.Limits), StringComparer.Ordinal) ?? [];
    }

    public string Name { get; }

    public ApiConfiguration Configuration { get; }

    /// <summary>Segments of the API's path at the gateway.</summary>
    public string[] Prefix { get; }

    /// <summary>What was taken off the path; null: nothing.</summary>
    public string? ForwardedPrefix { get; }

    /// <summary>What its answers get where they have nothing of the name.</summary>
    public KeyValuePair<string, StringValues>[] AnswerHeaders { get; }

    public ResourceMatcher Resources { get; }

    public UpstreamPool Pool { get; }

    /// <summary>What its limits are counted by.</summary>
    public string LimitName { get; }

    public bool Holds(ReadOnlySpan<string> segments) => segments.StartsWith(Prefix);

    public AuthPolicy PolicyOf(RequestPath path) => auth.Of(path.Segments.AsSpan(Prefix.Length));

    /// <summary>The configuration of a resource; null by convention.</summary>
    public ResourceConfiguration? ConfigurationOf(RecordPath record) =>
        record.Configured is null ? null : Configuration.Resources?[record.Configured];

    /// <summary>What limits the resource that a path lies at or below, and what that is counted by; null: nothing but what limits the whole API.</summary>
    public (string Name, RouteLimitConfiguration Limits)? FindResourceLimits(RequestPath path) =>
        resourceLimits.Count > 0 && Resources.FindConfigured(path.Segments.AsSpan(Prefix.Length)) is { } resource
            && resourceLimits.TryGetValue(resource, out var limits) ? limits : null;

    /// <summary>Path and query as the API knows them: without the API's own path at the gateway, otherwise as sent.</summary>
    public string UpstreamTarget(RequestPath path)
    {
        var skip = 0;
        for (var found = 0; found < Prefix.Length; skip++)
        {
            found += path.Raw[skip].Length > 0 ? 1 : 0;
        }

        return skip == 0 ? path.Text : RequestPath.TextOf(path.Raw.Skip(skip), path.Query);
    }
}
