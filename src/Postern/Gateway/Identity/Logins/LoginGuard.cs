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
    private readonly LoginAllowance addresses = new(burst: 50, TimeSpan.FromMilliseconds(200), time);

    /// <exception cref="ProblemException">429: too many have failed for this name or from this address.</exception>
    public void Enter(string name, IPAddress? address)
    {
        var place = PlaceOf(address);
        if (addresses.Take(place) is { } wait)
        {
            throw LoginProblems.TooMany(wait);
        }

        if (names.Take(name.GetHashCode(StringComparison.Ordinal)) is { } longer)
        {
            addresses.GiveBack(place);
            throw LoginProblems.TooMany(longer);
        }
    }

    public void Forgive(string name, IPAddress? address)
    {
        names.GiveBack(name.GetHashCode(StringComparison.Ordinal));
        addresses.GiveBack(PlaceOf(address));
    }

    /// <summary>What an address is counted by: one host has a whole /64 of IPv6 to come from.</summary>
    public static int PlaceOf(IPAddress? address) => address is null ? 0 : AddressKey.Of(address).GetHashCode();
}
