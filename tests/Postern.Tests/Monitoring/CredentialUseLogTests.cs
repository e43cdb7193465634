using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Access;
using Postern.Monitoring;
using Postern.Ports;
using Postern.Tests.Storage;

namespace Postern.Tests.Monitoring;

public sealed class CredentialUseLogTests : IAsyncDisposable
{
    private static readonly CredentialName Key = new("acme", CredentialKind.ApiKey, "api-key-1");

    private readonly FakeTimeProvider time = new(Recorded.Noon);
    private readonly UseStore store = new();
    private readonly LiveConfiguration live = new(With("key"));
    private CredentialUses uses = null!;
    private CredentialUseLog? log;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await StopAsync();

    [Fact]
    public async Task Many_uses_of_a_minute_are_one_write_and_a_minute_without_any_is_none()
    {
        await StartAsync();
        for (var call = 0; call < 10; call++)
        {
            Use();
            time.Advance(TimeSpan.FromSeconds(2));
        }

        await TickAsync(writes: 1);
        Assert.Equal(Recorded.Noon.AddSeconds(18), store.Uses[Key]);
        time.Advance(TimeSpan.FromMinutes(3));
        var last = time.GetUtcNow();
        Use();
        await TickAsync(writes: 2);

        Assert.Equal((2, last), (store.Writes, store.Uses[Key]));
    }

    [Fact]
    public async Task What_was_written_down_is_known_after_a_restart_also_of_the_last_minute()
    {
        await StartAsync();
        Use();
        await StopAsync();
        await StartAsync();

        Assert.Equal(Recorded.Noon, uses.LastOf("acme", CredentialKind.ApiKey, "api-key-1"));
    }

    [Fact]
    public async Task A_credential_that_is_gone_is_forgotten_so_that_its_successor_was_never_used()
    {
        await StartAsync();
        Use();
        await TickAsync(writes: 1);

        live.Replace(With());
        live.Replace(With("another"));
        Assert.Null(uses.LastOf("acme", CredentialKind.ApiKey, "api-key-1"));
        await TickAsync(writes: 2);
        Assert.Empty(store.Uses);
    }

    [Fact]
    public async Task A_store_that_cannot_write_is_asked_again()
    {
        await StartAsync();
        Use();
        store.Broken = true;
        await TickAsync(writes: 1);
        Assert.Empty(store.Uses);

        store.Broken = false;
        await TickAsync(writes: 2);
        Assert.Equal(Key, Assert.Single(store.Uses).Key);
    }

    private static PosternConfiguration With(params string[] keys) => new()
    {
        Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() { Credentials = [.. keys.Select(static key => new CredentialConfiguration.ApiKey(key))] } },
    };

    private void Use() => uses.Note(new Consumer("acme"), new Credential(CredentialKind.ApiKey, "api-key-1"));

    private async Task StartAsync()
    {
        uses = new CredentialUses(time);
        log = new CredentialUseLog(store, uses, live, time, NullLogger<CredentialUseLog>.Instance);
        await log.StartAsync(Cancellation);
    }

    private async Task StopAsync()
    {
        if (log is not null)
        {
            await log.StopAsync(Cancellation);
            log.Dispose();
            log = null;
        }
    }

    /// <summary>Minutes go by until so many writes were asked for. The first may pass before the timer runs.</summary>
    private Task TickAsync(int writes) => SqliteFixture.UntilAsync(() =>
    {
        if (store.Writes < writes)
        {
            time.Advance(TimeSpan.FromMinutes(1));
        }

        return store.Writes >= writes;
    });

    private sealed class UseStore : StoreStub
    {
        public Dictionary<CredentialName, DateTimeOffset> Uses { get; } = [];

        public int Writes { get; private set; }

        public bool Broken { get; set; }

        public override ValueTask<IReadOnlyList<CredentialUse>> ReadUsesAsync(CancellationToken cancellation) =>
            new([.. Uses.Select(static use => new CredentialUse(use.Key, use.Value))]);

        public override ValueTask WriteUsesAsync(IReadOnlyList<CredentialUse> uses, IReadOnlyList<CredentialName> forgotten, CancellationToken cancellation)
        {
            Writes++;
            if (Broken)
            {
                throw new StoreUnavailableException("The disk is full.");
            }

            foreach (var (name, at) in uses)
            {
                Uses[name] = at;
            }

            foreach (var name in forgotten)
            {
                Uses.Remove(name);
            }

            return default;
        }
    }
}
