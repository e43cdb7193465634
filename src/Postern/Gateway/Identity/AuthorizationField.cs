using Microsoft.Extensions.Primitives;

namespace Postern.Gateway.Identity;

/// <summary>The field <c>Authorization</c>, which several schemes share (RFC 9110 §11.6.2).</summary>
internal static class AuthorizationField
{
    public static readonly CredentialClaim Several = new CredentialClaim.Invalid("The call has several Authorization fields: send one.");

    /// <summary>Whether one of the values is of a scheme.</summary>
    /// <param name="scheme">With the blank behind it.</param>
    public static bool Holds(StringValues values, string scheme)
    {
        foreach (var value in values)
        {
            if (value?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) == true)
            {
                return true;
            }
        }

        return false;
    }
}
