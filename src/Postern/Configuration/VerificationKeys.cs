using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using Postern.Model;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys that say what a receiver must show before it is called back.</summary>
internal static class VerificationKeys
{
    public static readonly Shape<Verification> Kind =
        OneOf(("none", Verification.None), ("challenge", Verification.Challenge), ("handshake", Verification.Handshake));

    public static readonly Shape<VerificationConfiguration> Shape = new ObjectShape<VerificationConfiguration>(
        () => new(),
        new Key<VerificationConfiguration, Verification>(
            "default",
            "How receivers show that they want callbacks, where an API says nothing else: none; challenge (they give a random text back, as in WebSub); "
            + "handshake (they consent in their answer to OPTIONS, as in CloudEvents). Holds for what is made, changed or resumed from then on.",
            Kind, (to, value) => to with { Default = value }, from => from.Default),
        new Key<VerificationConfiguration, TimeSpan>(
            "lease",
            "How long a receiver's consent counts; it is asked again when four fifths are over. 1h to 365d.",
            Duration(TimeSpan.FromHours(1), TimeSpan.FromDays(365)), (to, value) => to with { Lease = value }, from => from.Lease),
        new Key<VerificationConfiguration, string>(
            "origin",
            "DNS name of this gateway, which receivers consent to by handshake (WebHook-Request-Origin).",
            Text("a DNS name such as gateway.example.com", Names.Origin, pattern: Names.OriginPattern), (to, value) => to with { Origin = value }));
}
