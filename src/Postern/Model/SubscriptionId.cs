using System.Buffers.Text;
using System.Security.Cryptography;

namespace Postern.Model;

/// <summary>Ids of subscriptions: <c>sub_</c> and 128 random bits in base64url.</summary>
public static class SubscriptionId
{
    public static string Create() => "sub_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}
