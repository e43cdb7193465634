using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Postern.Samples.Receiver;

/// <summary>What the receiver knows (a secret for each path) and what it got.</summary>
public sealed class Inbox
{
    private readonly ConcurrentDictionary<string, string> secrets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> failures = new(StringComparer.Ordinal);
    private readonly Channel<Receipt> receipts = Channel.CreateUnbounded<Receipt>();

    /// <summary>Every call, in the order they came, also those that were refused.</summary>
    public ChannelReader<Receipt> Receipts => receipts.Reader;

    /// <summary>The secret that callbacks to a path are signed with; a path without one takes everything, unverified.</summary>
    public void Trust(string path, string secret) => secrets[path] = secret;

    /// <summary>Answers the next calls to a path with 503, as a service that is being restarted would.</summary>
    public void FailNext(string path, int calls) => failures[path] = calls;

    internal string? SecretOf(string path) => secrets.GetValueOrDefault(path);

    internal bool TakeFailure(string path)
    {
        while (failures.TryGetValue(path, out var left) && left > 0)
        {
            if (failures.TryUpdate(path, left - 1, left))
            {
                return true;
            }
        }

        return false;
    }

    internal void Add(Receipt receipt) => receipts.Writer.TryWrite(receipt);
}
