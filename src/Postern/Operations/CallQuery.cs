using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Postern.Operations;

/// <summary>Reads the query parameters of a call; collects what is wrong with them and tells it all at once.</summary>
internal sealed class CallQuery
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 500;

    /// <summary>The parameters of every list.</summary>
    public static readonly IReadOnlyList<OperationParameter> Paging =
    [
        new("after", "string", "Where the page starts: the `next` of the page before."),
        new("limit", "integer", $"Entries of the page, 1 to {MaxLimit}; {DefaultLimit} when missing."),
    ];

    private readonly IQueryCollection query;
    private readonly SortedDictionary<string, IReadOnlyList<string>> errors = new(StringComparer.Ordinal);

    public CallQuery(IQueryCollection query, IReadOnlyList<OperationParameter> known)
    {
        this.query = query;
        foreach (var (name, values) in query)
        {
            // A misspelt filter would silently show everything.
            if (!known.Any(parameter => parameter.Name == name))
            {
                errors[name] = [$"There is no such parameter. Known: {string.Join(", ", known.Select(parameter => parameter.Name))}."];
            }
            else if (values.Count > 1)
            {
                errors[name] = ["Give it once."];
            }
        }
    }

    public int Limit => Number("limit", 1, MaxLimit) is { } limit ? (int)limit : DefaultLimit;

    /// <summary>The cursor of a list whose entries have growing numbers.</summary>
    public long? After => Number("after", 0, long.MaxValue);

    public string? Text(string name) => query[name] is [{ Length: > 0 } value] ? value : null;

    public TEnum? Choice<TEnum>(string name)
        where TEnum : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        foreach (var value in Enum.GetValues<TEnum>())
        {
            if (Word(value).Equals(text, StringComparison.Ordinal))
            {
                return value;
            }
        }

        errors[name] = [$"Must be one of {string.Join(", ", Words<TEnum>())}."];
        return null;
    }

    /// <summary>The values of an enumeration as the public face writes them.</summary>
    public static IReadOnlyList<string> Words<TEnum>()
        where TEnum : struct, Enum => [.. Enum.GetValues<TEnum>().Select(Word)];

    public void Wrong(string name, string message) => errors.TryAdd(name, [message]);

    /// <summary>Throws a 422 that names every bad parameter.</summary>
    public void ThrowIfInvalid()
    {
        if (errors.Count > 0)
        {
            throw Problems.Invalid(errors);
        }
    }

    private long? Number(string name, long least, long most)
    {
        if (!query.ContainsKey(name))
        {
            return null;
        }

        if (long.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Wrong(name, name == "after" ? "Must be the `next` of the page before." : $"Must be a number from {least} to {most}.");
        return null;
    }

    private static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
