using Microsoft.Extensions.Time.Testing;
using Postern.Server.Commands;
using Postern.Server.Stores;
using Postern.Tests.Storage;

namespace Postern.Tests.Stores;

public sealed class BackupCommandTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2027, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose()
    {
        folder.Dispose();
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public async Task A_folder_to_copy_into_gets_a_file_named_after_the_time()
    {
        await MakeStoreAsync();
        Directory.CreateDirectory(folder.File("backups"));

        Assert.Equal(0, await RunAsync("--data", folder.Path, "--to", folder.File("backups")));

        var copy = folder.File("backups/postern-20270131T120000Z.db");
        Assert.True(File.Exists(copy), output.ToString());
        Assert.Contains(copy, output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_store_is_the_one_of_the_configuration()
    {
        await MakeStoreAsync();
        var file = folder.File("postern.yaml");
        await File.WriteAllTextAsync(
            file, $"store: sqlite:{folder.File("postern.db")}\napis: {{ shop: {{ upstream: 'http://127.0.0.1:5080' }} }}\n", SqliteFixture.Cancellation);

        Assert.Equal(0, await RunAsync("--config", file, "--to", folder.File("copy.db")));

        Assert.True(File.Exists(folder.File("copy.db")));
    }

    [Fact]
    public async Task A_copy_without_a_key_says_so_loudly_and_one_with_it_names_it()
    {
        await MakeStoreAsync();

        Assert.Equal(0, await RunAsync("--data", folder.Path, "--to", folder.File("first.db")));
        Assert.Contains("NO KEY", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("secrets.keys", output.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder.File("postern.key"), "a key", SqliteFixture.Cancellation);
        output.GetStringBuilder().Clear();
        Assert.Equal(0, await RunAsync("--data", folder.Path, "--to", folder.File("second.db")));
        Assert.DoesNotContain("NO KEY", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(folder.File("second.db.key"), output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_is_exit_code_1_with_the_reason_and_a_wrong_command_line_2()
    {
        Assert.Equal(1, await RunAsync("--data", folder.Path, "--to", folder.File("copy.db")));
        Assert.Contains(folder.File("postern.db"), error.ToString(), StringComparison.Ordinal);

        Assert.Equal(1, await RunAsync("--config", folder.File("nowhere.yaml"), "--to", folder.File("copy.db")));
        Assert.Contains("nowhere.yaml", error.ToString(), StringComparison.Ordinal);

        Assert.Equal(2, await RunAsync("--data", folder.Path));
        Assert.Contains("--to", error.ToString(), StringComparison.Ordinal);
    }

    private async Task MakeStoreAsync() => await (await SqliteFixture.OpenAsync(folder.File("postern.db"))).DisposeAsync();

    private Task<int> RunAsync(params IEnumerable<string> arguments) => CommandLine.RunAsync(
        [.. arguments.Prepend("backup").Prepend("store")], [StoreCommand.Create(BackupCommand.Create(new FakeTimeProvider(Noon)))], output, error);
}
