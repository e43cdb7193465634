namespace Postern.Model.Filters;

/// <summary>What came of reading a filter.</summary>
/// <param name="Filter">Null when there are errors, and for JSON <c>null</c> and an empty array: nothing restricts.</param>
internal sealed record FilterParse(Filter? Filter, IReadOnlyList<FilterError> Errors);

/// <summary>One mistake in a filter.</summary>
/// <param name="Path">Where: <c>filter[1].exact.type</c>.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record FilterError(string Path, string Message);
