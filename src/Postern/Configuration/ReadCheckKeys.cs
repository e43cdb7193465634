using Postern.Configuration.Shapes;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of <c>readCheck</c>.</summary>
internal static class ReadCheckKeys
{
    public static readonly Shape<ReadCheckConfiguration> Shape = new ObjectShape<ReadCheckConfiguration>(
        () => new(),
        new Key<ReadCheckConfiguration, ReadMethod>(
            "method",
            "What the API is asked with: head or get.",
            OneOf(("head", ReadMethod.Head), ("get", ReadMethod.Get)), (to, value) => to with { Method = value }, from => from.Method),
        new Key<ReadCheckConfiguration, TimeSpan>(
            "cache",
            "How long an answer counts: so long a consumer may still be sent what it may not read any more. 5s to 10m.",
            Duration(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10)), (to, value) => to with { Cache = value }, from => from.Cache),
        new Key<ReadCheckConfiguration, TimeSpan>(
            "timeout",
            "How long the API may take to answer. 100ms to 30s.",
            Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30)), (to, value) => to with { Timeout = value }, from => from.Timeout),
        new Key<ReadCheckConfiguration, UnknownRead>(
            "unknown",
            "What holds while the API does not say: later (to subscribe is a 503, a callback waits), allow (as a yes), withhold (as a no).",
            OneOf(("later", UnknownRead.Later), ("allow", UnknownRead.Allow), ("withhold", UnknownRead.Withhold)),
            (to, value) => to with { Unknown = value }, from => from.Unknown));
}
