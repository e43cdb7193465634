using Postern.Configuration.Shapes;
using Postern.Configuration.Values;
using static Postern.Configuration.Shapes.Scalars;

namespace Postern.Configuration;

/// <summary>The keys of <c>secrets</c>.</summary>
internal static class SecretKeys
{
    private const int MostKeys = 20;

    private static readonly Shape<string> EncryptionKey = Secret("32 bytes in base64", Names.EncryptionKey);

    private static readonly Shape<SecretKeyConfiguration> Key = new ObjectShape<SecretKeyConfiguration>(
        () => new("", ""),
        new Key<SecretKeyConfiguration, string>(
            "id",
            "Name of the key, as /api/secrets/keys shows it.",
            Text("a name", Names.Name, pattern: Names.NamePattern), (to, value) => to with { Id = value }, null) { Required = true },
        new Key<SecretKeyConfiguration, string>(
            "key",
            "32 bytes in base64, as `openssl rand -base64 32` makes them. Write $env:NAME or $file:PATH.",
            EncryptionKey, (to, value) => to with { Key = value }, null) { Required = true });

    public static Shape<SecretsConfiguration> Shape { get; } = new ObjectShape<SecretsConfiguration>(
        () => new(),
        new Key<SecretsConfiguration, string>(
            "key",
            "32 bytes in base64 that encrypt what must stay secret in the store; without it and without keys a key is made at first start and kept "
            + "beside the store in postern.key. Needs a restart.",
            EncryptionKey, (to, value) => to with { Key = value }, null),
        new Key<SecretsConfiguration, IReadOnlyList<SecretKeyConfiguration>>(
            "keys",
            "Several such keys, taken without a restart: the first encrypts, all of them, `key` and the file postern.key decrypt. What was encrypted with "
            + "another one is encrypted with the first in the background. Up to 20.",
            new ListShape<SecretKeyConfiguration>(Key, MostKeys, mayBeEmpty: true), (to, value) => to with { Keys = value }, null));
}
