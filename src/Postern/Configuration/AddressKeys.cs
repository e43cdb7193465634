using System.Net;
using Postern.Configuration.Shapes;
using Postern.Configuration.Values;

namespace Postern.Configuration;

/// <summary>The keys of <c>addresses</c>, and of the proxies in front.</summary>
internal static class AddressKeys
{
    private const int Most = 1_000;

    private static readonly Shape<IPNetwork> Block = new ScalarShape<IPNetwork>(
        "a block such as 10.1.0.0/16",
        static (text, _) => Addresses.Network(text),
        static () => new() { ["type"] = "string", ["minLength"] = 1 },
        static value => value.ToString());

    /// <summary><c>gateway.trustedProxies</c>.</summary>
    public static Shape<IReadOnlyList<IPNetwork>> Proxies { get; } = new ListShape<IPNetwork>(Block, Most, orOne: true, mayBeEmpty: true);

    /// <summary>Whose calls are taken at all.</summary>
    public static Shape<AddressesConfiguration> Lists { get; } = new ObjectShape<AddressesConfiguration>(
        () => new(),
        new Key<AddressesConfiguration, IReadOnlyList<IPNetwork>>(
            "allow",
            "Blocks whose addresses alone may call: 10.1.0.0/16, 2001:db8::/32, 192.0.2.7. Without it every address may.",
            new ListShape<IPNetwork>(Block, Most, orOne: true), (to, value) => to with { Allow = value }),
        new Key<AddressesConfiguration, IReadOnlyList<IPNetwork>>(
            "deny",
            "Blocks whose addresses may not call, also where `allow` holds them.",
            new ListShape<IPNetwork>(Block, Most, orOne: true, mayBeEmpty: true), (to, value) => to with { Deny = value }, from => from.Deny));
}
