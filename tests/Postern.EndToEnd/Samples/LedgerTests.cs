using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Samples;

public sealed class LedgerTests
{
    private static readonly string[] Accepted = ["1", "2"];
    private static readonly string[] Paths = ["/a", "/b"];

    [Fact]
    public void Everything_delivered_once_leaves_nothing_to_say()
    {
        var ledger = Ledger.Of(Accepted, Paths, [Call("/a", "1"), Call("/a", "2"), Call("/b", "1"), Call("/b", "2")]);

        ledger.AssertNothingLost();
        Assert.Equal(0, ledger.Duplicates);
    }

    [Fact]
    public void What_is_missing_unasked_for_forged_or_twice_there_is_told()
    {
        var ledger = Ledger.Of(Accepted, Paths, [Call("/a", "1"), Call("/a", "1"), Call("/a", "2"), Call("/b", "1", "forged"), Call("/b", "3"), Call("/c", "1")]);

        Assert.Equal(["2 at /b"], ledger.Lost);
        Assert.Equal(["1 at /b, not verified", "1 at /c", "3 at /b"], ledger.Unintended.Order(StringComparer.Ordinal));
        Assert.Equal(1, ledger.Duplicates);
    }

    private static ReceivedCall Call(string path, string id, string? forged = null) => new()
    {
        Path = path, EventId = id, EventType = "load.made", WebhookId = "evt_" + id, Body = [], Status = 204, VerifiedBy = forged is null ? ["secret"] : [],
    };
}
