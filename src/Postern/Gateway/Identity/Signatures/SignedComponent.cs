using Postern.Configuration.Values;
using Postern.Gateway.Identity.Signatures.Structured;

namespace Postern.Gateway.Identity.Signatures;

/// <summary>A part of a message that a signature says it covers (RFC 9421 §2).</summary>
/// <param name="Name">Of a header field in small letters, or of a derived component with its <c>@</c>.</param>
/// <param name="Parameter">The one that says what of it, or how it is written: <c>name</c>, <c>key</c>, <c>sf</c>, <c>bs</c>; null: all of it, as it is.</param>
/// <param name="Argument">Of <c>name</c> and <c>key</c>.</param>
/// <param name="Identifier">As it stands in what is signed.</param>
internal sealed record SignedComponent(string Name, string? Parameter, string? Argument, string Identifier)
{
    /// <summary>Whether the whole of what it names is covered, however it is written.</summary>
    public bool IsWhole => Argument is null;

    /// <summary>The component; null where it is unknown here, or has no place in a request (<c>@status</c>, <c>req</c>, <c>tr</c>).</summary>
    public static SignedComponent? Read(StructuredItem item) =>
        item.Value.String is not { } name || item.Parameters.Count > 1 ? null
        : item.Parameters.Count == 0 ? IsKnown(name, null) ? new SignedComponent(name, null, null, item.ToString()) : null
        : Read(item, name, item.Parameters[0].Key, item.Parameters[0].Value);

    private static SignedComponent? Read(StructuredItem item, string name, string parameter, BareItem value) =>
        IsKnown(name, parameter) && (parameter is "name" or "key" ? value.String is not null : value == BareItem.True)
            ? new SignedComponent(name, parameter, value.String, item.ToString())
            : null;

    private static bool IsKnown(string name, string? parameter) =>
        name == "@query-param" ? parameter == "name"
        : name.StartsWith('@') ? parameter is null && SignatureComponents.Derived.Contains(name)
        : SignatureComponents.IsField(name) && parameter is null or "key" or "sf" or "bs";
}
