using System.Text;

namespace Postern.Gateway.Identity.Signatures.Structured;

/// <summary>What a key of a dictionary stands for: an item or a list of items. As text it is in its canonical form (RFC 9651 §4.1).</summary>
/// <param name="Parameters">In the order they came in; each once.</param>
internal abstract record StructuredValue(IReadOnlyList<KeyValuePair<string, BareItem>> Parameters)
{
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        WriteValue(text);
        WriteParameters(text);
        return text.ToString();
    }

    public abstract void WriteValue(StringBuilder text);

    public void WriteParameters(StringBuilder text)
    {
        foreach (var (key, value) in Parameters)
        {
            text.Append(';').Append(key);
            if (value != BareItem.True)
            {
                text.Append('=').Append(value.Text);
            }
        }
    }
}

/// <summary>A value with what is said about it.</summary>
internal sealed record StructuredItem(BareItem Value, IReadOnlyList<KeyValuePair<string, BareItem>> Parameters) : StructuredValue(Parameters)
{
    public override void WriteValue(StringBuilder text) => text.Append(Value.Text);
}

/// <summary>A list within a dictionary.</summary>
internal sealed record InnerList(IReadOnlyList<StructuredItem> Items, IReadOnlyList<KeyValuePair<string, BareItem>> Parameters) : StructuredValue(Parameters)
{
    public override void WriteValue(StringBuilder text) => text.Append('(').AppendJoin(' ', Items).Append(')');
}
