namespace Postern.EndToEnd.Harness;

/// <summary>A directory of one scenario, removed at its end.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("postern-e2e-");

    public string Path => directory.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <returns>The path of the file.</returns>
    public async Task<string> WriteAsync(string name, string text)
    {
        await System.IO.File.WriteAllTextAsync(File(name), text);
        return File(name);
    }

    public void Dispose() => directory.Delete(recursive: true);
}
