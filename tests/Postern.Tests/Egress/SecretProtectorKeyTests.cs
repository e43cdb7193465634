using Postern.Configuration;
using Postern.Egress;
using Postern.Ports;
using Postern.Tests.Storage;

namespace Postern.Tests.Egress;

public sealed class SecretProtectorKeyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_key_is_made_once_beside_the_store()
    {
        var configuration = new PosternConfiguration { Store = "sqlite:" + folder.File("data/postern.db") };

        var first = SecretProtectorKey.Load(configuration);

        Assert.Equal("postern.key", Assert.Single(first.Keys).Id);
        Assert.Equal(first.Sealing.Fingerprint, SecretProtectorKey.Load(configuration).Sealing.Fingerprint);
        Assert.Equal([folder.File("data/postern.key")], Directory.GetFiles(folder.File("data")));
    }

    [Fact]
    public void A_key_that_is_needed_and_missing_is_not_made_anew()
    {
        var configuration = new PosternConfiguration { Store = "sqlite:" + folder.File("postern.db") };

        var refused = Assert.Throws<StoreRefusedException>(() => SecretProtectorKey.Load(configuration, isNeeded: true));

        Assert.Contains(folder.File("postern.key"), refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Nobody_else_can_read_the_key_file()
    {
        SecretProtectorKey.LoadFile(folder.File("postern.key"));
        if (OperatingSystem.IsWindows())
        {
            // No file modes there: the folder's access list decides.
            return;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("postern.key")));
    }

    [Fact]
    public async Task All_who_make_the_key_at_the_same_moment_get_the_same_one()
    {
        var path = folder.File("postern.key");
        using var start = new Barrier(8);
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Convert.ToHexString(SecretProtectorKey.LoadFile(path));
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Single(keys.Distinct());
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_configured_key_wins_and_makes_no_file()
    {
        var key = Enumerable.Range(0, 32).Select(number => (byte)number).ToArray();
        var configuration = new PosternConfiguration
        {
            Store = "sqlite:" + folder.File("postern.db"), Secrets = new SecretsConfiguration { Key = Convert.ToBase64String(key) },
        };

        Assert.Equal(new SecretKey("", key).Fingerprint, Assert.Single(SecretProtectorKey.Load(configuration).Keys).Fingerprint);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_keys_come_first_then_the_key_then_the_file_that_was_made_before()
    {
        var (first, second, third) = (Text(1), Text(2), Text(3));
        var configuration = new PosternConfiguration { Store = "sqlite:" + folder.File("postern.db") };
        SecretProtectorKey.Load(configuration);

        var ring = SecretProtectorKey.Load(configuration with
        {
            Secrets = new SecretsConfiguration { Keys = [new("2026-11", first), new("2026-01", second), new("again", first)], Key = third },
        });

        Assert.Equal(["2026-11", "2026-01", "secrets.key", "postern.key"], ring.Keys.Select(key => key.Id));
        Assert.Equal("2026-11", ring.Sealing.Id);
    }

    private static string Text(byte seed) => Convert.ToBase64String([.. Enumerable.Repeat(seed, 32)]);

    [Theory]
    [InlineData("")]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g")]
    public void A_file_that_holds_no_key_is_named_and_left_alone(string content)
    {
        var path = folder.File("postern.key");
        File.WriteAllText(path, content);
        Assert.Contains(path, Assert.Throws<StoreRefusedException>(() => SecretProtectorKey.LoadFile(path)).Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void A_store_that_is_no_file_needs_a_configured_key() => Assert.Contains(
        "secrets.key", Assert.Throws<StoreRefusedException>(() => SecretProtectorKey.PathBeside("postgres://db/postern")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_clear_refusal()
    {
        File.WriteAllText(folder.File("data"), "a file");
        Assert.Throws<StoreRefusedException>(() => SecretProtectorKey.LoadFile(folder.File("data/postern.key")));
    }
}
