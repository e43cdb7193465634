using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Postern.Egress;
using Postern.Operations;

namespace Postern.Monitoring;

/// <summary>Shows which keys encrypt the secrets of the store, and whether the old ones are still needed.</summary>
internal sealed class AdminSecretKeys(SecretKeyBoard board)
{
    public Task Read(HttpContext context) => context.Response.WriteAsync(200, SecretKeysReport.Of(board.Read()));
}

[Description("The keys that encrypt the secrets of the store, and how far their rotation is.")]
internal sealed record SecretKeysReport
{
    [Description("The first encrypts; all of them decrypt.")]
    public required IReadOnlyList<SecretKeyReport> Keys { get; init; }

    [Description("Whether every secret is encrypted with the first key: the others are needed no more and can be taken out of the configuration.")]
    public required bool Settled { get; init; }

    [Description("Secrets that were found encrypted with the first key.")]
    public required int Current { get; init; }

    [Description("Secrets that this look has encrypted with the first key; another look follows.")]
    public required int Resealed { get; init; }

    [Description("Secrets that none of the keys decrypts: one is missing. The log names the first.")]
    public required int Unreadable { get; init; }

    [Description("When the last look at all secrets was through; missing while one goes on.")]
    public DateTimeOffset? Looked { get; init; }

    public static SecretKeysReport Of(SecretTally? tally) => new()
    {
        Keys = tally is null ? [] : [.. tally.Ring.Keys.Select((key, index) => SecretKeyReport.Of(key, index, tally.Ring.Configured))],
        Settled = tally is { IsSettled: true },
        Current = tally?.Current ?? 0,
        Resealed = tally?.Resealed ?? 0,
        Unreadable = tally?.Unreadable ?? 0,
        Looked = tally?.Ended,
    };
}

[Description("A key. What it is made of is never shown.")]
internal sealed record SecretKeyReport
{
    [Description("The id in `secrets.keys`; or `secrets.key`, or `postern.key` for the file beside the store.")]
    public required string Id { get; init; }

    [Description("Tells it from every other key, in hexadecimal digits: the beginning of its SHA-256.")]
    public required string Fingerprint { get; init; }

    [Description("Whether it encrypts.")]
    public required bool Seals { get; init; }

    [Description("Whether it is configured; one that is not any more goes on decrypting until the process ends.")]
    public required bool Configured { get; init; }

    public static SecretKeyReport Of(SecretKey key, int index, int configured) => new()
    {
        Id = key.Id, Fingerprint = Convert.ToHexStringLower(key.Fingerprint), Seals = index == 0, Configured = index < configured,
    };
}
