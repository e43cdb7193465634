using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Postern.Configuration.Reading;

/// <summary>
/// Turns YAML into nodes. It reads the parser's events, because the library's own tree gives up at the first duplicate key.
/// </summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 32;

    private readonly Parser parser;
    private readonly string origin;
    private readonly List<ConfigurationError> errors;
    private readonly Dictionary<AnchorName, Node> anchors = [];

    private YamlTree(string text, string origin, List<ConfigurationError> errors)
    {
        parser = new Parser(new StringReader(text));
        this.origin = origin;
        this.errors = errors;
    }

    /// <summary>The document's tree, empty for an empty document; null when it is not YAML (reported).</summary>
    public static Node? Parse(string text, string origin, List<ConfigurationError> errors)
    {
        var tree = new YamlTree(text, origin, errors);
        try
        {
            return tree.ReadDocument();
        }
        catch (YamlException exception)
        {
            tree.ReportSyntax(exception.Message, exception.Start);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // The scanner throws these too, without a place, where brackets are not closed.
            tree.ReportSyntax("a bracket or a quote may be open", tree.parser.Current?.End ?? Mark.Empty);
        }

        return null;
    }

    private void ReportSyntax(string problem, Mark at)
    {
        var column = at.Column.ToString(CultureInfo.InvariantCulture);
        var message = $"this is not YAML: {problem.TrimEnd('.')} (column {column}). Nothing after it could be read: correct it and check again.";
        errors.Add(new ConfigurationError("(file)", message, Math.Max(1, (int)at.Line), origin));
    }

    private Node ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return MapNode.Empty(new Place(origin, 1));
        }

        parser.Consume<DocumentStart>();
        var root = ReadNode("", 0);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second))
        {
            errors.Add(new ConfigurationError(
                "(file)", "a second document starts here: keep one and remove the '---'.", (int)second.Start.Line, origin));
        }

        return root;
    }

    private Node ReadNode(string path, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new YamlException(parser.Current!.Start, parser.Current.End, "nested too deep");
        }

        var current = parser.Current ?? throw new YamlException("the document ends too early");
        var place = PlaceOf(current);
        switch (current)
        {
            case AnchorAlias:
                var alias = parser.Consume<AnchorAlias>();
                return anchors.TryGetValue(alias.Value, out var target)
                    ? target
                    : throw new YamlException(alias.Start, alias.End, $"nothing before this line is marked &{alias.Value}");

            case Scalar:
                var scalar = parser.Consume<Scalar>();
                return Remember(scalar.Anchor, new ScalarNode(scalar.Value, scalar.Style == ScalarStyle.Plain, place));

            case SequenceStart:
                var sequence = parser.Consume<SequenceStart>();
                var items = new List<Node>();
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    items.Add(ReadNode(KeyPath.Index(path, items.Count), depth + 1));
                }

                return Remember(sequence.Anchor, new ListNode(items, place));

            case MappingStart:
                var mapping = parser.Consume<MappingStart>();
                return Remember(mapping.Anchor, new MapNode(ReadEntries(path, depth), place));

            default:
                throw new YamlException(current.Start, current.End, "a value was expected here");
        }
    }

    private List<MapEntry> ReadEntries(string path, int depth)
    {
        var entries = new List<MapEntry>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key))
            {
                throw new YamlException(
                    parser.Current!.Start,
                    parser.Current.End,
                    "a key must be a single value; put text that starts with '{', '[' or '*' in quotes");
            }

            var place = PlaceOf(key);
            var at = KeyPath.Key(path, key.Value);
            var value = ReadNode(at, depth + 1);
            if (entries.Find(entry => entry.Key == key.Value) is { } first)
            {
                errors.Add(new ConfigurationError(at, $"is there twice, first on line {first.Place.Line}: keep one.", place.Line, origin));
                continue;
            }

            entries.Add(new MapEntry(key.Value, place, value));
        }

        return entries;
    }

    private Node Remember(AnchorName anchor, Node node)
    {
        if (!anchor.IsEmpty)
        {
            anchors[anchor] = node;
        }

        return node;
    }

    private Place PlaceOf(ParsingEvent at) => new(origin, (int)at.Start.Line);
}
