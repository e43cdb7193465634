using System.Runtime.CompilerServices;

namespace Postern.Tests;

/// <summary>The sources and the committed references, from where this file was compiled.</summary>
internal static class Repository
{
    public static string File(string path) => Path.Combine(Root(), path);

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
