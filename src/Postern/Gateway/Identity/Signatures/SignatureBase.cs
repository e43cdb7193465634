using System.Text;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>The bytes that are signed (RFC 9421 §2.5): pure.</summary>
internal static class SignatureBase
{
    /// <summary>A line for each component and one for the parameters; null, and why, where the message does not have what the signature covers.</summary>
    public static byte[]? Of(MessageSignature signature, ReceivedRequest request, out string? fault)
    {
        var (values, lines) = (new ComponentValues(request), new StringBuilder());
        foreach (var component in signature.Components)
        {
            if (values.Of(component) is not { } value)
            {
                fault = $"The signature covers {component.Identifier}, which this message does not have, or not in a form that can be signed so.";
                return null;
            }

            lines.Append(component.Identifier).Append(": ").Append(value).Append('\n');
        }

        fault = null;
        return Encoding.ASCII.GetBytes(lines.Append("\"@signature-params\": ").Append(signature.Parameters).ToString());
    }
}
