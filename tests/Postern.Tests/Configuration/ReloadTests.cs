using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;

namespace Postern.Tests.Configuration;

public sealed class ReloadTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_saved_change_is_taken()
    {
        await using var watching = await StartAsync(Upstream("a"));
        var told = new List<PosternConfiguration>();
        watching.Live.Changed += told.Add;
        folder.Write("postern.yaml", Upstream("b"));
        await Watching.UntilAsync(() => Runs(watching, "b"));
        await Watching.UntilAsync(() => watching.Reloads.GetValueOrDefault("taken") > 0 && told.Count > 0);
        Assert.Same(watching.Live.Current, told[^1]);
    }

    [Fact]
    public async Task A_bad_change_leaves_the_last_good_one_and_a_correction_is_taken()
    {
        await using var watching = await StartAsync(Upstream("a"));
        folder.Write("postern.yaml", Upstream("b") + "\nstoer: x\nhub: kafka");
        await Watching.UntilAsync(() => watching.Live.LastRejected?.Errors.Count == 2);
        Assert.True(Runs(watching, "a"));
        Assert.Equal([2, 3], watching.Live.LastRejected!.Errors.Select(error => error.Line!.Value));
        await Watching.UntilAsync(() => watching.Log.Any(line => line.Contains("stoer", StringComparison.Ordinal)) && watching.Log.Any(line => line.Contains("is not a hub", StringComparison.Ordinal)));
        Assert.True(watching.Reloads["rejected"] > 0);

        folder.Write("postern.yaml", Upstream("c"));
        await Watching.UntilAsync(() => Runs(watching, "c"));
        await Watching.UntilAsync(() => watching.Live.LastRejected is null);
    }

    [Fact]
    public async Task A_file_renamed_over_the_old_one_is_taken()
    {
        await using var watching = await StartAsync(Upstream("a"));
        File.Move(folder.Write("new.yaml", Upstream("b")), folder.Of("postern.yaml"), overwrite: true);
        await Watching.UntilAsync(() => Runs(watching, "b"));
        File.Move(folder.Write("new.yaml", Upstream("c")), folder.Of("postern.yaml"), overwrite: true);
        await Watching.UntilAsync(() => Runs(watching, "c"));
    }

    [Fact]
    public async Task A_swapped_link_of_a_ConfigMap_is_taken()
    {
        Version("v1", "a");
        File.CreateSymbolicLink(folder.Of("..data"), "v1");
        File.CreateSymbolicLink(folder.Of("postern.yaml"), "..data/postern.yaml");
        await using var watching = await Watching.StartAsync(Loading.Source(folder.Of("postern.yaml")));
        Version("v2", "b");
        File.CreateSymbolicLink(folder.Of("..data_tmp"), "v2");
        folder.Swap("..data_tmp", "..data");
        await Watching.UntilAsync(() => Runs(watching, "b"));
    }

    [Fact]
    public async Task An_announced_change_is_taken_before_the_poll()
    {
        var time = new FakeTimeProvider();
        await using var watching = await Watching.StartAsync(Loading.Source(folder.Write("postern.yaml", Upstream("a"))), time);
        var end = time.GetUtcNow() + ConfigurationWatcher.PollPeriod;
        // The first may be found by the look at the start, the second by its announcement alone.
        foreach (var name in (string[])["b", "c"])
        {
            folder.Write("postern.yaml", Upstream(name));
            await Watching.UntilAsync(() => Runs(watching, name), () => time.Advance(TimeSpan.FromMilliseconds(5)));
        }

        Assert.True(time.GetUtcNow() < end);
    }

    [Fact]
    public async Task A_change_that_is_announced_nowhere_is_found_by_the_poll()
    {
        Directory.CreateDirectory(folder.Of("watched"));
        Version("v1", "a");
        Version("v2", "b");
        Version("v3", "c");
        File.CreateSymbolicLink(folder.Of("current"), "v1");
        File.CreateSymbolicLink(folder.Of("watched/postern.yaml"), "../current/postern.yaml");
        var time = new FakeTimeProvider();
        await using var watching = await Watching.StartAsync(Loading.Source(folder.Of("watched/postern.yaml")), time);
        // The first may be found by the look at the start, the second by the poll alone.
        foreach (var (version, name) in new[] { ("v2", "b"), ("v3", "c") })
        {
            File.CreateSymbolicLink(folder.Of("next"), version);
            folder.Swap("next", "current");
            await Watching.UntilAsync(() => Runs(watching, name), () => time.Advance(ConfigurationWatcher.PollPeriod));
        }
    }

    [Fact]
    public async Task A_file_that_is_away_for_a_moment_is_no_error()
    {
        await using var watching = await StartAsync(Upstream("a"));
        File.Delete(folder.Of("postern.yaml"));
        folder.Write("postern.yaml", Upstream("b"));
        await Watching.UntilAsync(() => Runs(watching, "b"));
        Assert.Equal(0, watching.Reloads.GetValueOrDefault("rejected"));
    }

    [Fact]
    public async Task A_file_that_is_emptied_before_it_is_written_is_no_error()
    {
        var time = new FakeTimeProvider();
        await using var watching = await Watching.StartAsync(Loading.Source(folder.Write("postern.yaml", Upstream("a"))), time);
        folder.Write("postern.yaml", "");
        var looks = 0;
        await Watching.UntilAsync(() => looks++ == 40, () => time.Advance(TimeSpan.FromMilliseconds(110)));
        folder.Write("postern.yaml", Upstream("b"));
        await Watching.UntilAsync(() => Runs(watching, "b"), () => time.Advance(TimeSpan.FromMilliseconds(5)));
        Assert.Equal(0, watching.Reloads.GetValueOrDefault("rejected"));
    }

    [Fact]
    public async Task A_file_that_stays_away_is_an_error_and_the_last_good_configuration_runs_on()
    {
        var time = new FakeTimeProvider();
        var path = folder.Write("postern.yaml", Upstream("a"));
        await using var watching = await Watching.StartAsync(Loading.Source(path), time);
        File.Delete(path);
        await Watching.UntilAsync(() => watching.Live.LastRejected is not null, () => time.Advance(ConfigurationWatcher.PollPeriod));
        Assert.Contains("no such file", Assert.Single(watching.Live.LastRejected!.Errors).Message);
        Assert.True(Runs(watching, "a"));
    }

    [Fact]
    public async Task A_new_secret_in_a_referenced_file_is_taken()
    {
        Directory.CreateDirectory(folder.Of("secrets"));
        folder.Write("secrets/token", "old");
        await using var watching = await StartAsync(Upstream("a") + "\nadmin: { token: $file:secrets/token }");
        folder.Write("secrets/token", "new");
        await Watching.UntilAsync(() => watching.Live.Current.Admin.Token == "new");
    }

    [Fact]
    public async Task A_change_between_reading_and_watching_is_not_missed()
    {
        var source = Loading.Source(folder.Write("postern.yaml", Upstream("a")));
        await using var watching = await Watching.StartAsync(source, beforeStart: () => folder.Write("postern.yaml", Upstream("b")));
        await Watching.UntilAsync(() => Runs(watching, "b"));
    }

    [Theory]
    [InlineData("gateway: { listen: http://127.0.0.1:9999 }", "gateway.listen")]
    [InlineData("gateway: { maxConnections: 7 }", "gateway.maxConnections")]
    [InlineData("admin: { listen: http://127.0.0.1:9999 }", "admin.listen")]
    [InlineData("store: sqlite:other.db", "store")]
    [InlineData("secrets: { key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= }", "secrets.key")]
    public void What_is_fixed_at_the_start_needs_a_restart(string line, string path)
    {
        var running = Loading.Accepted(Loading.Load(Upstream("a")));
        var source = Loading.Source(folder.Write("postern.yaml", Upstream("b") + "\n" + line));
        var result = ConfigurationFile.Reload(source, running);
        var error = Loading.Only(result);
        Assert.Equal((path, 2), (error.Path, error.Line!.Value));
        Assert.Contains("needs a restart", error.Message);
    }

    private static string Upstream(string name) => $"apis: {{ shop: {{ upstream: http://{name}.example }} }}";

    private static bool Runs(Watching watching, string name) => watching.Live.Current.Apis["shop"].Upstream[0] == $"http://{name}.example";

    private Task<Watching> StartAsync(string yaml) => Watching.StartAsync(Loading.Source(folder.Write("postern.yaml", yaml)));

    private void Version(string version, string name)
    {
        Directory.CreateDirectory(folder.Of(version));
        folder.Write($"{version}/postern.yaml", Upstream(name));
    }
}
