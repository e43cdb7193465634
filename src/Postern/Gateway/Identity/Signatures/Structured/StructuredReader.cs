using System.Buffers;

namespace Postern.Gateway.Identity.Signatures.Structured;

/// <summary>Reads dictionaries of structured fields (RFC 9651 §4.2).</summary>
/// <remarks>
/// Stricter than the standard where it lets two readers differ: a key stands once (there the last one holds), bytes are in canonical base64, and nothing has hundreds of parameters.
/// Display strings (§3.3.8), which no field around signatures has, are not read.
/// </remarks>
internal ref struct StructuredReader(ReadOnlySpan<char> text)
{
    // Far more than a signature has. Each is compared with those before it.
    private const int MaxParameters = 32;

    private static readonly SearchValues<char> KeyLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.*");

    private readonly ReadOnlySpan<char> text = text;
    private int at;

    private readonly char Next => at < text.Length ? text[at] : '\0';

    public StructuredDictionary? ReadDictionary()
    {
        var members = new List<KeyValuePair<string, StructuredValue>>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        SkipSpaces();
        while (at < text.Length)
        {
            if (ReadKey() is not { } key || !keys.Add(key) || ReadMember() is not { } value)
            {
                return null;
            }

            members.Add(KeyValuePair.Create(key, value));
            SkipBlanks();
            if (at == text.Length)
            {
                break;
            }

            if (!Take(','))
            {
                return null;
            }

            SkipBlanks();
            if (at == text.Length)
            {
                // Something was to come after the comma.
                return null;
            }
        }

        return new StructuredDictionary(members);
    }

    private StructuredValue? ReadMember() =>
        !Take('=') ? ReadParameters() is { } parameters ? new StructuredItem(BareItem.True, parameters) : null
        : Next == '(' ? ReadInnerList()
        : ReadItem();

    private InnerList? ReadInnerList()
    {
        Take('(');
        var items = new List<StructuredItem>();
        while (true)
        {
            SkipSpaces();
            if (Take(')'))
            {
                return ReadParameters() is { } parameters ? new InnerList(items, parameters) : null;
            }

            if (ReadItem() is not { } item || Next is not (' ' or ')'))
            {
                return null;
            }

            items.Add(item);
        }
    }

    private StructuredItem? ReadItem() => ReadBareItem() is { } value && ReadParameters() is { } parameters ? new StructuredItem(value, parameters) : null;

    private List<KeyValuePair<string, BareItem>>? ReadParameters()
    {
        var parameters = new List<KeyValuePair<string, BareItem>>();
        while (Take(';'))
        {
            SkipSpaces();
            if (parameters.Count == MaxParameters || ReadKey() is not { } key || parameters.Exists(other => other.Key == key))
            {
                return null;
            }

            if ((Take('=') ? ReadBareItem() : BareItem.True) is not { } value)
            {
                return null;
            }

            parameters.Add(KeyValuePair.Create(key, value));
        }

        return parameters;
    }

    private string? ReadKey()
    {
        if (Next is not ((>= 'a' and <= 'z') or '*'))
        {
            return null;
        }

        var rest = text[at..];
        var length = rest.IndexOfAnyExcept(KeyLetters);
        var key = length < 0 ? rest : rest[..length];
        at += key.Length;
        return key.ToString();
    }

    private BareItem? ReadBareItem()
    {
        var item = BareItems.Read(text[at..], out var length);
        at += length;
        return item;
    }

    private bool Take(char character)
    {
        if (Next != character || at == text.Length)
        {
            return false;
        }

        at++;
        return true;
    }

    private void SkipSpaces()
    {
        while (Next == ' ')
        {
            at++;
        }
    }

    private void SkipBlanks()
    {
        while (Next is ' ' or '\t')
        {
            at++;
        }
    }
}
