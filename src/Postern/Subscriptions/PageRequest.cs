using System.Globalization;
using Microsoft.AspNetCore.Http;
using Postern.Operations;

namespace Postern.Subscriptions;

/// <summary>Which page of a list is asked for.</summary>
/// <param name="After">Cursor: the last item of the page before; null for the first page.</param>
/// <param name="Limit">Items in the page.</param>
internal readonly record struct PageRequest(long? After, int Limit)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 500;

    public static readonly IReadOnlyList<OperationParameter> Query =
    [
        new("after", "string", "Cursor: `next` of the page before."),
        new("limit", "integer", $"Items in a page, 1 to {MaxLimit}; {DefaultLimit} when left out."),
    ];

    public static PageRequest Read(HttpContext context)
    {
        var errors = new FieldErrors();
        long? after = null;
        var limit = DefaultLimit;
        if (context.Request.Query.TryGetValue("after", out var cursor))
        {
            after = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            if (after is null)
            {
                errors.Add("after", "is not a cursor; use `next` of the page before.");
            }
        }

        if (context.Request.Query.TryGetValue("limit", out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            errors.Add("limit", $"is a number from 1 to {MaxLimit}.");
        }

        errors.Throw();
        return new PageRequest(after, limit);
    }

    /// <summary>Cuts a list that was read with one item more than asked for, and tells where the next page starts.</summary>
    public (IEnumerable<T> Items, string? Next) Cut<T>(IReadOnlyList<T> found, Func<T, long> cursor) => found.Count <= Limit
        ? (found, null)
        : (found.Take(Limit), cursor(found[Limit - 1]).ToString(CultureInfo.InvariantCulture));
}
