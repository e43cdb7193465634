using System.Runtime.CompilerServices;

namespace Postern.EndToEnd;

/// <summary>How long one test may take: several times what the longest takes, so that one which hangs fails under its name and the rest still runs.</summary>
internal static class TestBound
{
    public const int Milliseconds = 15 * 60 * 1000;
}

/// <summary>A test of this suite: as xunit's own, which it hides in here, with a bound.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactAttribute : Xunit.FactAttribute
{
    public FactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Timeout = TestBound.Milliseconds;
}

/// <inheritdoc cref="FactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryAttribute : Xunit.TheoryAttribute
{
    public TheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Timeout = TestBound.Milliseconds;
}
