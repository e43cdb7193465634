using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>A URL whose name stands for a forbidden address: always, the second time, among others, or by another name.</summary>
/// <param name="IsForbidden">Whether nothing it ever stands for may be called.</param>
internal sealed record OutboundName(string Url, NameAnswer Answer, bool IsForbidden)
{
    public string Host => new Uri(Url).Host;

    public static IReadOnlyList<OutboundName> All { get; } = [.. Make()];

    private static IEnumerable<OutboundName> Make()
    {
        var number = 0;
        foreach (var address in ForbiddenAddresses.All.Select(static address => address.ToString()))
        {
            foreach (var (scheme, port, good) in ((string, int, string)[])[("https", 443, OutboundHouse.Public), ("http", 8080, OutboundHouse.Listed)])
            {
                yield return Of(NameAnswer.At(address), isForbidden: true);
                yield return Of(NameAnswer.At(good) with { Then = NameAnswer.At(address) }, isForbidden: false);
                yield return Of(NameAnswer.At(good, address, OutboundHouse.Public6), isForbidden: false);
                yield return Of(NameAnswer.At(address) with { Alias = "localhost" }, isForbidden: true);

                OutboundName Of(NameAnswer answer, bool isForbidden) => new($"{scheme}://n{number++}.test:{port}/", answer, isForbidden);
            }
        }

        yield return new("https://many.test/", NameAnswer.At(Enumerable.Range(1, 25).Select(static last => $"10.0.0.{last}")), IsForbidden: true);
        yield return new("https://six.test/", NameAnswer.At(OutboundHouse.Public6, "::1", "fd00::1"), IsForbidden: false);
    }
}
