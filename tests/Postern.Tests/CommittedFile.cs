namespace Postern.Tests;

/// <summary>Files that are generated and committed: a test compares them, <c>POSTERN_UPDATE_REFERENCES=1</c> writes them.</summary>
internal static class CommittedFile
{
    public static void Matches(string path, string generated)
    {
        var file = Repository.File(path);
        if (Environment.GetEnvironmentVariable("POSTERN_UPDATE_REFERENCES") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, generated);
        }

        Assert.True(File.Exists(file), $"{path} is missing: run the tests with POSTERN_UPDATE_REFERENCES=1.");
        Assert.True(File.ReadAllText(file) == generated, $"{path} is not what the code says: run the tests with POSTERN_UPDATE_REFERENCES=1 and commit it.");
    }
}
