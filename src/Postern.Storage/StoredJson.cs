using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Postern.Model;
using Postern.Model.Retries;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage;

/// <summary>The columns that hold a list or a map, as JSON text. What is empty is null.</summary>
internal static class StoredJson
{
    public static string? Write(IReadOnlyList<string>? list) =>
        list is null ? null : JsonSerializer.Serialize(list, StoredJsonContext.Readable.IReadOnlyListString);

    public static string? Write(IReadOnlyDictionary<string, string>? map) =>
        map is null ? null : JsonSerializer.Serialize(map, StoredJsonContext.Readable.IReadOnlyDictionaryStringString);

    public static string Write(IReadOnlyList<SealedSecret> secrets) =>
        JsonSerializer.Serialize(
            secrets.Select(secret => new StoredSecret(secret.Ciphertext.ToArray(), secret.Expires?.UtcTicks)).ToArray(),
            StoredJsonContext.Readable.StoredSecretArray);

    public static string? Write(RetrySettings? settings) =>
        settings is null ? null : JsonSerializer.Serialize(settings, StoredJsonContext.Readable.RetrySettings);

    public static string? Write(Proof? proof) =>
        proof is null ? null : JsonSerializer.Serialize(proof, StoredJsonContext.Readable.Proof);

    public static Proof? ReadProof(string? json) =>
        json is null ? null : Read(json, StoredJsonContext.Readable.Proof);

    public static RetrySettings? ReadRetry(string? json) =>
        json is null ? null : Read(json, StoredJsonContext.Readable.RetrySettings);

    public static string? Write(SubscriptionDelivery? delivery) =>
        delivery?.OrNull() is null ? null : JsonSerializer.Serialize(delivery, StoredJsonContext.Readable.SubscriptionDelivery);

    public static SubscriptionDelivery? ReadDelivery(string? json)
    {
        var delivery = json is null ? null : Read(json, StoredJsonContext.Readable.SubscriptionDelivery);
        return delivery is { Auth: { Shown: null } } or { Headers: { Shown: null } } or { Tls: { Shown: null } }
            ? throw new DamagedRowException("a row holds a part of a delivery that is none")
            : delivery;
    }

    public static string? Write(IReadOnlyList<long> numbers) =>
        numbers.Count == 0 ? null : JsonSerializer.Serialize(numbers, StoredJsonContext.Readable.IReadOnlyListInt64);

    public static IReadOnlyList<long> ReadNumbers(string? json) =>
        json is null ? [] : Read(json, StoredJsonContext.Readable.Int64Array);

    public static IReadOnlyList<string>? ReadList(string? json) =>
        json is null ? null : Read(json, StoredJsonContext.Readable.StringArray);

    public static IReadOnlyDictionary<string, string>? ReadMap(string? json) =>
        json is null ? null : Read(json, StoredJsonContext.Readable.DictionaryStringString);

    public static IReadOnlyList<SealedSecret> ReadSecrets(string json) =>
        [.. Read(json, StoredJsonContext.Readable.StoredSecretArray).Select(secret =>
            secret?.Ciphertext is { } ciphertext && (secret.Expires ?? 0) is >= 0 and var expires && expires <= DateTimeOffset.MaxValue.Ticks
                ? new SealedSecret(ciphertext, secret.Expires is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null)
                : throw new DamagedRowException("a row holds a secret that is none"))];

    /// <exception cref="DamagedRowException">We wrote it, and it was JSON then.</exception>
    private static T Read<T>(string json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new DamagedRowException("a row holds null as JSON");
        }
        catch (JsonException exception)
        {
            throw new DamagedRowException(exception.Message, exception);
        }
    }
}

internal sealed record StoredSecret(byte[] Ciphertext, long? Expires);

[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(IReadOnlyList<long>))]
[JsonSerializable(typeof(long[]))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(StoredSecret[]))]
[JsonSerializable(typeof(RetrySettings))]
[JsonSerializable(typeof(SubscriptionDelivery))]
[JsonSerializable(typeof(Proof))]
internal sealed partial class StoredJsonContext : JsonSerializerContext
{
    // Text that is only ever read back by us: no need to escape what HTML would trip over.
    public static StoredJsonContext Readable { get; } =
        new(new JsonSerializerOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        });
}
