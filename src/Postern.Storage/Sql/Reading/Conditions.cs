using System.Globalization;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

/// <summary>The WHERE of a query whose parts may be missing: what is null does not restrict.</summary>
internal sealed class Conditions
{
    private readonly List<string> terms = [];
    private readonly List<object> values = [];

    /// <summary>A condition without a value. Partial indexes are taken only where their own condition stands in the query word for word.</summary>
    public Conditions Add(string term)
    {
        terms.Add(term);
        return this;
    }

    public Conditions Add(string term, string? value) => AddValue(term, value);

    public Conditions Add(string term, long? value) => AddValue(term, value);

    /// <summary>Puts the conditions where <c>{0}</c> stands, and binds their values.</summary>
    public Statement Prepare(Connection connection, string sql)
    {
        var where = terms.Count == 0 ? "" : "WHERE " + string.Join(" AND ", terms);
        var statement = connection.Prepare(string.Format(CultureInfo.InvariantCulture, sql, where));
        foreach (var value in values)
        {
            _ = value is string text ? statement.Bind(text) : statement.Bind((long)value);
        }

        return statement;
    }

    private Conditions AddValue(string term, object? value)
    {
        if (value is not null)
        {
            terms.Add(term);
            values.Add(value);
        }

        return this;
    }
}
