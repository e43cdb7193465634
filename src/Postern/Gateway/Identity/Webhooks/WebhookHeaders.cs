using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Postern.Gateway.Identity.Webhooks;

/// <summary>The three header fields of Standard Webhooks 1.0.0, as they were read: nothing in them is proven yet.</summary>
/// <param name="Prefix">What is signed before the body: <c>id.timestamp.</c></param>
/// <param name="Signatures">Those of version 1, 32 bytes each.</param>
internal sealed record WebhookHeaders(string Prefix, IReadOnlyList<byte[]> Signatures)
{
    public const string Id = "webhook-id";
    public const string Timestamp = "webhook-timestamp";
    public const string Signature = "webhook-signature";

    /// <summary>How far the sender's clock may be off, both ways.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Version = "v1,";
    private const int MaxId = 256;
    private const int MaxTimestamp = 12;

    // A list holds one for each of the sender's keys, and those of other versions.
    private const int MaxSignatures = 16;
    private const int Bytes = 32;

    /// <summary>The fields; null, and why, when they cannot be those of a message of now.</summary>
    public static WebhookHeaders? Read(IHeaderDictionary headers, DateTimeOffset now, out string? fault)
    {
        var (id, timestamp, signatures) = (Only(headers, Id), Only(headers, Timestamp), Only(headers, Signature));
        fault = id is null || timestamp is null || signatures is null ? $"A signed message has {Id}, {Timestamp} and {Signature}, each once."
            // A dot would let a part of the one be read as a part of the other.
            : id.Length is 0 or > MaxId || id.Any(static character => character is <= ' ' or > '~' or '.') ? $"{Id} is not 1 to {MaxId} visible characters without a dot."
            : !IsNear(timestamp, now) ? $"{Timestamp} is not a whole number of seconds since 1970 within {Tolerance.TotalMinutes:0} minutes of now."
            : null;
        if (fault is not null)
        {
            return null;
        }

        var read = Decode(signatures!);
        fault = read.Count == 0 ? $"{Signature} holds no signature of version 1 (v1, and 32 bytes in base64) among its first {MaxSignatures}." : null;
        return fault is null ? new WebhookHeaders($"{id}.{timestamp}.", read) : null;
    }

    private static string? Only(IHeaderDictionary headers, string name) => headers[name] is { Count: 1 } values ? values[0] : null;

    private static bool IsNear(string timestamp, DateTimeOffset now) =>
        timestamp.Length <= MaxTimestamp
        && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= Tolerance.TotalSeconds;

    private static List<byte[]> Decode(string list)
    {
        var signatures = new List<byte[]>();
        foreach (var part in list.Split(' ', MaxSignatures + 1).Take(MaxSignatures))
        {
            var bytes = new byte[Bytes + 1];
            if (part.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64String(part[Version.Length..], bytes, out var length) && length == Bytes
                // One spelling each: the decoder takes white space and stray bits.
                && Convert.ToBase64String(bytes.AsSpan(0, Bytes)) == part[Version.Length..])
            {
                signatures.Add(bytes[..Bytes]);
            }
        }

        return signatures;
    }
}
