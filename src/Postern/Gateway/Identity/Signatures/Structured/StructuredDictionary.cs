using System.Text;

namespace Postern.Gateway.Identity.Signatures.Structured;

/// <summary>A dictionary of structured fields (RFC 9651 §3.2). As text it is in its canonical form.</summary>
internal sealed class StructuredDictionary(IReadOnlyList<KeyValuePair<string, StructuredValue>> members)
{
    public IReadOnlyList<KeyValuePair<string, StructuredValue>> Members => members;

    /// <summary>The fields of one name together; null where they are no dictionary, or one that two readers may read differently.</summary>
    public static StructuredDictionary? Parse(IEnumerable<string?> fields) => new StructuredReader(string.Join(", ", fields)).ReadDictionary();

    public StructuredValue? Find(string key)
    {
        foreach (var (name, value) in members)
        {
            if (name == key)
            {
                return value;
            }
        }

        return null;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (key, value) in members)
        {
            text.Append(text.Length == 0 ? "" : ", ").Append(key);
            if (value is not StructuredItem { Value: var item } || item != BareItem.True)
            {
                text.Append('=');
                value.WriteValue(text);
            }

            value.WriteParameters(text);
        }

        return text.ToString();
    }
}
