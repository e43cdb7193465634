namespace Postern.Model.Filters;

/// <summary>What a filter may cost: every consumer's filter is asked about everybody's events.</summary>
internal static class FilterLimits
{
    /// <summary>Nesting of <c>all</c>, <c>any</c> and <c>not</c>.</summary>
    public const int Depth = 16;

    /// <summary>Dialects and compared fields in one filter.</summary>
    public const int Nodes = 100;

    /// <summary>Characters of a field's name or path.</summary>
    public const int PathLength = 512;

    /// <summary>Steps of a path; System.Text.Json reads data no deeper than 64.</summary>
    public const int Steps = 64;

    /// <summary>Characters of a value that is compared with.</summary>
    public const int ValueLength = 4096;

    /// <summary>Values of one event that a wildcard looks at; those after them are not seen.</summary>
    public const int Values = 1000;
}
