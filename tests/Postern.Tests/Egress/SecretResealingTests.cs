using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Egress;
using Postern.Model;
using Postern.Ports;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Egress;

public sealed class SecretResealingTests : IAsyncDisposable
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    private readonly SealedRows store = new();
    private readonly SecretProtector protector = new(Key(1));
    private readonly SecretKeyBoard board = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_rotated_key_is_needed_no_more_when_the_board_says_so()
    {
        store.Fill(SecretPurpose.Signing, protector, Secret, (SecretResealing.Page * 2) + 7);
        store.Fill(SecretPurpose.Answer, protector, Secret, 3);
        using var resealing = Make();
        await resealing.StartAsync(Cancellation);
        await Until.TrueAsync(() => board.Read() is { IsSettled: true });
        Assert.Equal((0, (SecretResealing.Page * 2) + 10), (store.Replaced, board.Read()!.Current));

        protector.Use(new SecretKeyRing([new SecretKey("new", Key(2)), new SecretKey("old", Key(1))]));
        await Until.TrueAsync(() => board.Read() is { IsSettled: true, Ring.Sealing.Id: "new" });
        await resealing.StopAsync(Cancellation);

        var alone = new SecretProtector(Key(2));
        foreach (var (purpose, row) in store.All())
        {
            Assert.Equal(Secret, alone.Open(purpose, row.Owner, row.Ciphertexts[0].Span));
        }

        Assert.Equal((SecretResealing.Page * 2) + 10, store.Replaced);
    }

    [Fact]
    public async Task What_no_key_opens_is_counted_and_left_alone()
    {
        store.Fill(SecretPurpose.Signing, new SecretProtector(Key(9)), Secret, 2);
        store.Fill(SecretPurpose.Signing, protector, Secret, 1);
        using var resealing = Make();

        Assert.Equal(0, await resealing.PassAsync(Cancellation));
        var tally = board.Read()!;
        Assert.Equal((2, 1, 0, false), (tally.Unreadable, tally.Current, store.Replaced, tally.IsSettled));
        Assert.Contains("secrets.keys", tally.FirstFault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_answer_is_asked_again()
    {
        store.Fill(SecretPurpose.Signing, new SecretProtector(Key(1)), Secret, 1);
        store.Faults = 1;
        using var resealing = Make();
        await resealing.StartAsync(Cancellation);
        await Until.TrueAsync(() => board.Read() is { IsSettled: true, Current: 1 });
        await resealing.StopAsync(Cancellation);
    }

    private SecretResealing Make() => new(store, protector, board, TimeProvider.System, NullLogger<SecretResealing>.Instance);

    private static byte[] Key(byte seed) => SHA256.HashData([seed]);

    /// <summary>A store of sealed secrets and nothing else.</summary>
    private sealed class SealedRows : StoreStub
    {
        private readonly Dictionary<SecretPurpose, List<SealedRow>> rows = [];

        public int Replaced { get; private set; }

        /// <summary>Calls that fail from now on.</summary>
        public int Faults { get; set; }

        public void Fill(SecretPurpose purpose, SecretProtector protector, byte[] secret, int count)
        {
            if (!rows.TryGetValue(purpose, out var list))
            {
                rows[purpose] = list = [];
            }

            for (var added = 0; added < count; added++)
            {
                var owner = $"owner {list.Count + 1}";
                list.Add(new SealedRow(list.Count + 1, owner, [protector.Seal(purpose, owner, secret)]));
            }
        }

        public IEnumerable<(SecretPurpose Purpose, SealedRow Row)> All() => rows.SelectMany(list => list.Value.Select(row => (list.Key, row)));

        public override ValueTask<IReadOnlyList<SealedRow>> ReadSealedAsync(SecretPurpose purpose, long after, int limit, CancellationToken cancellation)
        {
            if (Faults-- > 0)
            {
                throw new StoreUnavailableException("The disk is full.");
            }

            return ValueTask.FromResult<IReadOnlyList<SealedRow>>(
                rows.TryGetValue(purpose, out var list) ? [.. list.Where(row => row.Number > after).Take(limit)] : []);
        }

        public override ValueTask ReplaceSealedAsync(SecretPurpose purpose, IReadOnlyList<ResealedSecret> secrets, CancellationToken cancellation)
        {
            foreach (var secret in secrets)
            {
                var list = rows[purpose];
                list[(int)secret.Number - 1] = list[(int)secret.Number - 1] with { Ciphertexts = [secret.After] };
                Replaced++;
            }

            return ValueTask.CompletedTask;
        }
    }
}
