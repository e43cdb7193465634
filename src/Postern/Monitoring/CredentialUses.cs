using System.Collections.Concurrent;
using Postern.Model;
using Postern.Model.Access;

namespace Postern.Monitoring;

/// <summary>When each credential was used last, since the program started: the gateway notes it, the admin API shows it.</summary>
internal sealed class CredentialUses(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Consumer, CredentialKind Kind, string Id), DateTimeOffset> last = new();

    public void Note(Consumer consumer, Credential credential)
    {
        var (key, now) = ((consumer.Name, credential.Kind, credential.Id), time.GetUtcNow());
        // To the second: a busy credential is not written with every call.
        if (!last.TryGetValue(key, out var noted) || now - noted >= TimeSpan.FromSeconds(1))
        {
            last[key] = now;
        }
    }

    /// <summary>Null: not since the program started.</summary>
    public DateTimeOffset? LastOf(string consumer, CredentialKind kind, string id) => last.TryGetValue((consumer, kind, id), out var noted) ? noted : null;
}
