using Postern.Gateway.Identity.Signatures.Structured;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>A signature as it stands on a message (RFC 9421 §2.3): nothing in it is proven yet.</summary>
/// <param name="Parameters">All of them with the covered components, as they are signed.</param>
internal sealed record MessageSignature(string Parameters, byte[] Bytes)
{
    // A list that covers more than a message has is made to cost time.
    private const int MaxComponents = 64;

    private static readonly string[] Known = ["created", "expires", "nonce", "alg", "keyid", "tag"];

    public required IReadOnlyList<SignedComponent> Components { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long? Created { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long? Expires { get; init; }

    public required string? Algorithm { get; init; }

    public required string? Tag { get; init; }

    /// <summary>The signature; null, and why, when it cannot be one of a request.</summary>
    public static MessageSignature? Read(InnerList input, byte[] bytes, out string? fault)
    {
        var components = new List<SignedComponent>();
        fault = input.Items.Count > MaxComponents ? $"The signature covers more than {MaxComponents} components." : FindFault(input.Parameters);
        foreach (var item in fault is null ? input.Items : [])
        {
            if (SignedComponent.Read(item) is not { } component)
            {
                fault = $"The signature covers {item}, which is not known here or has no place in a request.";
                break;
            }

            if (components.Exists(other => other.Identifier == component.Identifier))
            {
                fault = $"The signature covers {item} twice.";
                break;
            }

            components.Add(component);
        }

        return fault is not null ? null : new MessageSignature(input.ToString(), bytes)
        {
            Components = components,
            Created = Find(input.Parameters, "created")?.Integer,
            Expires = Find(input.Parameters, "expires")?.Integer,
            Algorithm = Find(input.Parameters, "alg")?.String,
            Tag = Find(input.Parameters, "tag")?.String,
        };
    }

    public static BareItem? Find(IEnumerable<KeyValuePair<string, BareItem>> parameters, string name) =>
        parameters.FirstOrDefault(parameter => parameter.Key == name).Value;

    private static string? FindFault(IReadOnlyList<KeyValuePair<string, BareItem>> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            if (!Known.Contains(name))
            {
                return $"The signature has a parameter that is not known here: {name}.";
            }

            if (name is "created" or "expires" ? value.Integer is not >= 0 : value.String is null)
            {
                return $"The parameter {name} of the signature is not {(name is "created" or "expires" ? "a whole number of seconds since 1970" : "a text in quotes")}.";
            }
        }

        return null;
    }
}
