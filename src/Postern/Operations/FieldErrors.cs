namespace Postern.Operations;

/// <summary>Gathers what is wrong with a request's fields, so that the caller is told all of it at once.</summary>
internal sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> byField = new(StringComparer.Ordinal);

    public bool Any => byField.Count > 0;

    public void Add(string field, string message)
    {
        if (!byField.TryGetValue(field, out var messages))
        {
            byField[field] = messages = [];
        }

        messages.Add(message);
    }

    /// <summary>Ends the call with 422 when anything was gathered.</summary>
    public void Throw()
    {
        if (byField.Count > 0)
        {
            throw Problems.Invalid(byField.ToDictionary(entry => entry.Key, IReadOnlyList<string> (entry) => entry.Value));
        }
    }
}
