using System.Net;
using Postern.Model.Limits;
using Postern.Operations;

namespace Postern.Gateway.Identity.Logins;

/// <summary>
/// Counts logins before their password is hashed, by user name and by address, whoever they name: known and unknown users are the
/// same here. One that succeeds is given back. It outlives a change of the configuration, or each would forgive what was tried.
/// </summary>
internal sealed class LoginGuard(TimeProvider time)
{
    private readonly LoginAllowance names = new(burst: 10, TimeSpan.FromSeconds(2), time);
    private readonly LoginAllowance addresses = new(burst: 50, TimeSpan.FromSeconds(1), time);

    // A fraction of those that may wait: the others of them stay for everybody else.
    private readonly LoginPlaces underWay = new(most: 8);

    /// <summary>Counts a login that begins. Who enters leaves.</summary>
    /// <exception cref="ProblemException">429: too many have failed for this name or from this address. 503: too many from this address are under way.</exception>
    public void Enter(string name, IPAddress? address)
    {
        var place = PlaceOf(address);
        if (addresses.Take(place) is { } wait)
        {
            throw LoginProblems.TooMany(wait);
        }

        if (names.Take(NameOf(name)) is { } longer)
        {
            addresses.GiveBack(place);
            throw LoginProblems.TooMany(longer);
        }

        if (!underWay.TryEnter(place))
        {
            Forgive(name, place);
            throw LoginProblems.Busy();
        }
    }

    public void Leave(string name, IPAddress? address, bool failed)
    {
        var place = PlaceOf(address);
        underWay.Leave(place);
        if (!failed)
        {
            Forgive(name, place);
        }
    }

    /// <summary>What an address is counted by: one host has a whole /64 of IPv6 to come from.</summary>
    public static int PlaceOf(IPAddress? address) => address is null ? 0 : AddressKey.Of(address).GetHashCode();

    private static int NameOf(string name) => name.GetHashCode(StringComparison.Ordinal);

    private void Forgive(string name, int place)
    {
        names.GiveBack(NameOf(name));
        addresses.GiveBack(place);
    }
}
