using System.Globalization;
using System.Text.Json.Nodes;

namespace Postern.Samples.Shop;

/// <summary>Records by key, in the order they were added. A record is replaced as a whole and never changed in place.</summary>
public sealed class Collection
{
    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, JsonObject> records = new(StringComparer.Ordinal);
    private long nextId;

    /// <param name="nextId">Number of the next record that comes without an <c>id</c>.</param>
    /// <param name="seed">What is there from the start.</param>
    public Collection(long nextId, params IEnumerable<JsonObject> seed)
    {
        this.nextId = nextId;
        foreach (var record in seed)
        {
            records.Add(KeyOf(record)!, record);
        }
    }

    public IReadOnlyList<JsonObject> List()
    {
        lock (gate)
        {
            return [.. records.Values];
        }
    }

    public JsonObject? Find(string key)
    {
        lock (gate)
        {
            return records.GetValueOrDefault(key);
        }
    }

    /// <summary>Adds a record, numbering it when it has no <c>id</c>; null when its key is taken.</summary>
    public string? Add(JsonObject record)
    {
        lock (gate)
        {
            if (KeyOf(record) is not { } key)
            {
                record.Remove("id");
                record.Insert(0, "id", nextId);
                key = nextId.ToString(CultureInfo.InvariantCulture);
                nextId++;
            }

            return records.TryAdd(key, record) ? key : null;
        }
    }

    /// <summary>Puts a record at a key; true when nothing was there before.</summary>
    public bool Put(string key, JsonObject record)
    {
        lock (gate)
        {
            var id = records.TryGetValue(key, out var old) ? old["id"]!.DeepClone() : IdOf(key);
            record.Remove("id");
            record.Insert(0, "id", id);
            records[key] = record;
            return old is null;
        }
    }

    /// <summary>Changes a record by a JSON merge patch (RFC 7396); null when there is none.</summary>
    public JsonObject? Patch(string key, JsonObject patch)
    {
        lock (gate)
        {
            if (!records.TryGetValue(key, out var old))
            {
                return null;
            }

            var merged = MergePatch.Apply(old, patch);
            merged["id"] = old["id"]!.DeepClone();
            return records[key] = merged;
        }
    }

    public bool Remove(string key)
    {
        lock (gate)
        {
            return records.Remove(key);
        }
    }

    private static string? KeyOf(JsonObject record) => record["id"] is JsonValue id ? id.ToString() : null;

    private static JsonNode IdOf(string key) =>
        long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : key;
}
