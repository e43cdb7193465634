using System.Text.Json.Nodes;
using Postern.Configuration.Reading;

namespace Postern.Configuration.Shapes;

/// <summary>A hub: its address alone, or a mapping with its address and what goes with it.</summary>
internal sealed class AddressOrKeysShape(Shape<string> address, Shape<HubConfiguration> keys) : Shape<HubConfiguration>
{
    public override bool TryRead(Node node, string path, Reader reader, out HubConfiguration value)
    {
        if (node is not ScalarNode)
        {
            return keys.TryRead(node, path, reader, out value);
        }

        value = new HubConfiguration();
        if (!address.TryRead(node, path, reader, out var text))
        {
            return false;
        }

        value = value with { Url = [text] };
        return true;
    }

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(address.Schema(), keys.Schema()) };

    public override JsonNode? Show(HubConfiguration value) => value.IsEmbedded ? HubConfiguration.Embedded : null;
}
