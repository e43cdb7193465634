using System.Globalization;

namespace Postern.Configuration;

/// <summary>What a port that speaks TLS tells browsers in <c>Strict-Transport-Security</c> (RFC 6797): to come over TLS alone from now on.</summary>
public sealed record TransportSecurityConfiguration
{
    /// <summary>How long they remember it; 0 s: they are to forget it; null: nothing is said. At most 3650 d.</summary>
    public TimeSpan? MaxAge { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Whether it holds for every name below the one that was asked for.</summary>
    public bool IncludeSubDomains { get; init; }

    /// <summary>Value of the header; null: there is none.</summary>
    internal string? Field => MaxAge is { } age
        ? string.Create(CultureInfo.InvariantCulture, $"max-age={(long)age.TotalSeconds}{(IncludeSubDomains ? "; includeSubDomains" : "")}")
        : null;
}
