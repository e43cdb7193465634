namespace Postern.Model.CloudEvents;

/// <summary>Attributes of one event while they are read: collects them, and everything that is wrong with them.</summary>
/// <param name="place">Stands before the names of attributes in errors: <c>[3].</c> in a batch.</param>
internal sealed class EventDraft(string place, Dictionary<string, IReadOnlyList<string>> errors)
{
    /// <summary>Names of an audience.</summary>
    private const int MaxAudience = 100;

    /// <summary>Characters of all attributes together: what events are asked to fit in on their way (§5).</summary>
    private const int MaxAttributes = 64 * 1024;

    private readonly Dictionary<string, string> attributes = new(StringComparer.Ordinal);
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly int errorsBefore = errors.Count;
    private int length;

    /// <summary>Media type of the data; null when the event does not say.</summary>
    public string? DataContentType => attributes.GetValueOrDefault("datacontenttype");

    /// <summary>Notes that an attribute is there; false, with an error, when it was there before or can be none.</summary>
    public bool Claim(string name)
    {
        if (AttributeRules.Name(name) is { } wrong)
        {
            Fail(name, wrong);
            return false;
        }

        if (name == "data")
        {
            Fail(name, "is the event's data and cannot be an attribute.");
            return false;
        }

        if (!seen.Add(name))
        {
            Fail(name, "stands twice.");
            return false;
        }

        return true;
    }

    public void Set(string name, string value)
    {
        length += name.Length + value.Length;
        if (AttributeRules.Text(value) is { } wrong)
        {
            Fail(name, wrong);
            return;
        }

        attributes[name] = value;
    }

    public void Fail(string name, string message)
    {
        var key = place + name;
        errors[key] = errors.TryGetValue(key, out var before) ? [.. before, message] : [message];
    }

    /// <summary>The event; null when something is wrong with it.</summary>
    public EventContent? Build(ReadOnlyMemory<byte> data, DateTimeOffset now)
    {
        if (!seen.Contains("specversion"))
        {
            Fail("specversion", "is missing.");
        }
        else if (attributes.TryGetValue("specversion", out var version) && version != "1.0")
        {
            Fail("specversion", $"must be 1.0, not '{version}'.");
        }

        Require("id");
        Require("source");
        Require("type");
        Check("source", AttributeRules.UriReference);
        Check("subject", value => value.Length == 0 ? "is empty: leave it out." : null);
        Check("time", AttributeRules.Time);
        Check("datacontenttype", AttributeRules.MediaType);
        Check("dataschema", AttributeRules.AbsoluteUri);
        var audience = ReadAudience();
        if (length > MaxAttributes)
        {
            Fail("attributes", $"are longer than {MaxAttributes} characters together.");
        }

        return errors.Count > errorsBefore ? null : new EventContent
        {
            ProducerId = Take("id"),
            Source = Take("source")!,
            Type = Take("type")!,
            Subject = Take("subject"),
            Time = Take("time") is { } time && CloudEventTime.TryParse(time, out var parsed) ? parsed : now,
            DataContentType = Take("datacontenttype"),
            DataSchema = Take("dataschema"),
            Audience = audience,
            Data = data,
            Extensions = TakeExtensions(),
        };
    }

    private void Require(string name)
    {
        if (!seen.Contains(name))
        {
            Fail(name, "is missing.");
        }
        else if (attributes.TryGetValue(name, out var value) && value.Length == 0)
        {
            Fail(name, "is empty.");
        }
    }

    private void Check(string name, Func<string, string?> rule)
    {
        if (attributes.TryGetValue(name, out var value) && rule(value) is { } wrong)
        {
            Fail(name, wrong);
        }
    }

    /// <summary>Names of consumers and audiences with commas between them. Who else may see an event is nobody's business: it is not forwarded.</summary>
    private string[]? ReadAudience()
    {
        if (Take("audience") is not { } text)
        {
            return null;
        }

        var names = text.Split(',', StringSplitOptions.TrimEntries);
        if (names.Contains(""))
        {
            Fail("audience", "must be names of consumers or audiences with commas between them.");
        }
        else if (names.Length > MaxAudience)
        {
            Fail("audience", $"has more than {MaxAudience} names.");
        }

        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private Dictionary<string, string>? TakeExtensions()
    {
        attributes.Remove("specversion");
        return attributes.Count == 0 ? null : attributes;
    }

    private string? Take(string name) => attributes.Remove(name, out var value) ? value : null;
}
