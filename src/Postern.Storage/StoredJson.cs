using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Postern.Model;
using Postern.Model.Retries;

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

    public static RetrySettings? ReadRetry(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, StoredJsonContext.Readable.RetrySettings);

    public static IReadOnlyList<string>? ReadList(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, StoredJsonContext.Readable.StringArray);

    public static IReadOnlyDictionary<string, string>? ReadMap(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, StoredJsonContext.Readable.DictionaryStringString);

    public static IReadOnlyList<SealedSecret> ReadSecrets(string json) =>
        [.. JsonSerializer.Deserialize(json, StoredJsonContext.Readable.StoredSecretArray)!.Select(secret =>
            new SealedSecret(secret.Ciphertext, secret.Expires is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null))];
}

internal sealed record StoredSecret(byte[] Ciphertext, long? Expires);

[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(StoredSecret[]))]
[JsonSerializable(typeof(RetrySettings))]
internal sealed partial class StoredJsonContext : JsonSerializerContext
{
    // Text that is only ever read back by us: no need to escape what HTML would trip over.
    public static StoredJsonContext Readable { get; } =
        new(new JsonSerializerOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        });
}
