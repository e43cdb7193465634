using System.Text.Json.Nodes;

namespace Postern.Samples.Shop;

/// <summary>JSON merge patch (RFC 7396 §2).</summary>
public static class MergePatch
{
    /// <summary>A new object: <paramref name="target"/> with what <paramref name="patch"/> says. A null removes the member.</summary>
    public static JsonObject Apply(JsonObject? target, JsonObject patch)
    {
        var result = target?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = value is JsonObject nested ? Apply(result[name] as JsonObject, nested) : value.DeepClone();
            }
        }

        return result;
    }
}
