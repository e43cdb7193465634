namespace Postern.Tests.Configuration;

/// <summary>A directory of a test's own, gone after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("postern-").FullName;

    public string Of(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(Of(name), text);
        return Of(name);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
