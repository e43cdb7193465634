using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of what answers carry beside what they are about.</summary>
internal static class AnswerKeys
{
    public static Shape<TransportSecurityConfiguration> TransportSecurity { get; } = new ObjectShape<TransportSecurityConfiguration>(
        () => new(),
        Of<TransportSecurityConfiguration>.Key(
            "maxAge",
            "How long browsers remember to come over TLS alone; 0s: they are to forget it; never: the header is not sent. 0s to 3650d.",
            DurationOrNever(TimeSpan.Zero, TimeSpan.FromDays(3650)), (to, value) => to with { MaxAge = value }, from => from.MaxAge),
        Of<TransportSecurityConfiguration>.Key(
            "includeSubDomains",
            "Whether it holds for every name below the one that was asked for.",
            Flag(), (to, value) => to with { IncludeSubDomains = value }, from => from.IncludeSubDomains));

    public static Shape<IReadOnlyDictionary<string, string>> OfApi { get; } = new MapShape<string>(
        Names.HeaderPattern, AnswerHeaders.Name, Text("the value of a header", AnswerHeaders.Value));
}
