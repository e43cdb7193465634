using Postern.Server.Commands;

namespace Postern.Tests.Deployment;

/// <summary>What the program takes to end, as it has it.</summary>
internal static class Drain
{
    /// <summary>After it the program ends itself by force.</summary>
    public static TimeSpan Deadline => CommandLine.ShutdownTime;

    /// <summary>A supervisor that kills it must come later, and says so in whole seconds.</summary>
    public static void AssertFits(double seconds, string where) => Assert.True(
        seconds > Deadline.TotalSeconds, $"{where} kills it after {seconds} s; it gives itself {Deadline.TotalSeconds} s.");
}
