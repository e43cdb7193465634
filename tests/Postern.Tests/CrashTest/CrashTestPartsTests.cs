using System.Text;
using Postern.Server.CrashTest;

namespace Postern.Tests.CrashTest;

public sealed class CrashTestPartsTests
{
    // The specification's own example (Standard Webhooks 1.0.0, "Signature scheme").
    private static readonly byte[] Key = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Theory]
    [InlineData(Signature, true)]
    [InlineData("v1,AAAA " + Signature, true)]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=", false)]
    [InlineData("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false)]
    [InlineData("", false)]
    public void The_checkers_own_verification_knows_right_from_wrong(string signatures, bool holds)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1614265330);
        Assert.Equal(holds, WebhookSignature.Verify(Key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signatures, Body, now, out var signedAt));
        Assert.Equal(1614265330, signedAt);
    }

    [Fact]
    public void A_signature_of_ten_minutes_ago_does_not_hold() => Assert.False(WebhookSignature.Verify(
        Key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", Signature, Body, DateTimeOffset.FromUnixTimeSeconds(1614265330 + 600), out _));

    [Fact]
    public void A_journal_gives_back_what_was_written()
    {
        var folder = Directory.CreateTempSubdirectory("postern-journal-");
        try
        {
            var path = Path.Combine(folder.FullName, "journal");
            Entry[] entries =
            [
                .. Enumerable.Range(1, 10_000).Select(number =>
                    new Entry { Kind = EntryKind.Received, Marks = Marks.Signed, Subscription = 7, Key = -3, Number = (uint)number, Id = 9, Value = long.MaxValue }),
            ];
            using (var journal = Journal.Collected(path))
            {
                foreach (var entry in entries)
                {
                    journal.Add(entry);
                }
            }

            Assert.Equal(entries, Journal.Read(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_set_of_numbers_holds_what_was_added()
    {
        var set = new NumberSet();
        Assert.True(set.Add(5));
        Assert.False(set.Add(5));
        Assert.True(set.Add(40_000_000));
        Assert.Equal((true, false, true, 2), (set.Contains(5), set.Contains(6), set.Contains(40_000_000), (int)set.Count));
    }

    [Fact]
    public void The_balance_is_read_from_the_metrics()
    {
        const string Metrics = """
            # TYPE postern_callbacks_pending gauge
            postern_callbacks_pending_other 9 1
            postern_callbacks_pending{otel_scope_name="Postern"} 12 1763938000000
            postern_callbacks_dead 3
            postern_listener_lag{a="}"} 1.5e1
            """;
        Assert.Equal(new NodeBalance(15, 12, 3), NodeBalance.Read(Metrics));
        Assert.Null(NodeBalance.Read("postern_callbacks_dead 3"));
    }

    [Theory]
    [InlineData(100, 70, true)]
    [InlineData(101, 70, false)]
    public void A_balance_accounts_for_every_acknowledged_event_or_it_does_not(long acknowledged, long delivered, bool accounts) =>
        Assert.Equal(accounts, new NodeBalance(15, 12, 3).AccountsFor(acknowledged, delivered));
}
