using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Health;

/// <summary>A callback as a receiver got it.</summary>
internal sealed class Announced
{
    private readonly string[] head;
    private readonly string body;

    private Announced(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        head = request[..end].Split("\r\n");
        body = request[(end + 4)..];
    }

    public string Type => Header("ce-type");

    public string Subject => Header("ce-subject");

    public JsonElement Data => JsonElement.Parse(Encoding.Latin1.GetBytes(body));

    /// <summary>All a receiver got, in its order.</summary>
    public static IReadOnlyList<Announced> At(RawReceiver receiver) => [.. receiver.Requests.Select(static request => new Announced(request))];

    public static async Task<Announced> FirstAsync(RawReceiver receiver, string type)
    {
        await Until.TrueAsync(() => At(receiver).Any(callback => callback.Type == type));
        return At(receiver).First(callback => callback.Type == type);
    }

    /// <summary>Whether Standard Webhooks finds the signature right.</summary>
    public bool IsSignedWith(string secret)
    {
        var signed = Encoding.Latin1.GetBytes($"{Header("webhook-id")}.{Header("webhook-timestamp")}.{body}");
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        return Header("webhook-signature") == "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    private string Header(string name) =>
        head.Select(line => line.Split(": ", 2)).Single(field => field[0].Equals(name, StringComparison.OrdinalIgnoreCase))[1];
}
