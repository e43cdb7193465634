using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Postern.Gateway.Identity.Signatures.Structured;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>The two fields that signatures stand in (RFC 9421 §4), ours beside those for somebody else.</summary>
internal static class SignatureFields
{
    public const string Input = "Signature-Input";
    public const string Signature = "Signature";

    /// <summary>The one signature with a key that is known here, and the id of the key; null without a fault: there is none.</summary>
    public static MessageSignature? Find(IHeaderDictionary headers, Func<string, bool> isKnown, out string? keyId, out string? fault)
    {
        (keyId, fault) = (null, null);
        if (StructuredDictionary.Parse(headers[Input]) is not { } inputs)
        {
            fault = $"{Input} is not a dictionary of structured fields (RFC 9651) in which everything stands once.";
            return null;
        }

        var ours = inputs.Members.Where(member => KeyIdOf(member.Value) is { } id && isKnown(id)).ToList();
        if (ours.Count == 0)
        {
            return null;
        }

        if (ours.Count > 1)
        {
            fault = "Several signatures name keys that are known here: send one.";
            return null;
        }

        var (label, input) = ours[0];
        if (StructuredDictionary.Parse(headers[Signature])?.Find(label) is not StructuredItem { Value.Bytes: { } bytes, Parameters.Count: 0 })
        {
            fault = $"{Signature} does not hold, as bytes in base64 between colons, what {Input} calls {label}.";
            return null;
        }

        keyId = KeyIdOf(input);
        return MessageSignature.Read((InnerList)input, bytes, out fault);
    }

    /// <summary>Takes the signatures with known keys off a message that was found to hold one, and leaves the others.</summary>
    public static void Remove(IHeaderDictionary headers, Func<string, bool> isKnown)
    {
        var inputs = StructuredDictionary.Parse(headers[Input])!.Members;
        var labels = inputs.Where(member => KeyIdOf(member.Value) is { } id && isKnown(id)).Select(static member => member.Key).ToHashSet(StringComparer.Ordinal);
        headers[Input] = Without(labels, inputs);
        headers[Signature] = Without(labels, StructuredDictionary.Parse(headers[Signature])!.Members);
    }

    // Without a value the field is removed.
    private static StringValues Without(HashSet<string> labels, IReadOnlyList<KeyValuePair<string, StructuredValue>> members)
    {
        var rest = new StructuredDictionary([.. members.Where(member => !labels.Contains(member.Key))]);
        return rest.Members.Count == 0 ? StringValues.Empty : rest.ToString();
    }

    private static string? KeyIdOf(StructuredValue value) => value is InnerList list ? MessageSignature.Find(list.Parameters, "keyid")?.String : null;
}
