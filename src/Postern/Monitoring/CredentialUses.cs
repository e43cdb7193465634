using System.Collections.Concurrent;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Access;

namespace Postern.Monitoring;

/// <summary>When each credential was used last: the gateway notes it, the admin API shows it, <see cref="CredentialUseLog"/> writes it down.</summary>
internal sealed class CredentialUses(TimeProvider time)
{
    private readonly ConcurrentDictionary<CredentialName, DateTimeOffset> last = new();

    /// <summary>All that are known.</summary>
    public IReadOnlyCollection<CredentialUse> All => [.. last.Select(static use => new CredentialUse(use.Key, use.Value))];

    public void Note(Consumer consumer, Credential credential)
    {
        var (name, now) = (new CredentialName(consumer.Name, credential.Kind, credential.Id), time.GetUtcNow());
        // To the second: a busy credential is not written with every call.
        if (!last.TryGetValue(name, out var noted) || now - noted >= TimeSpan.FromSeconds(1))
        {
            last[name] = now;
        }
    }

    /// <summary>What an earlier run wrote down.</summary>
    public void Recall(IEnumerable<CredentialUse> uses)
    {
        foreach (var (name, at) in uses)
        {
            last.TryAdd(name, at);
        }
    }

    /// <summary>Forgets the credentials that are not in a configuration: one that gets the name of another later was never used.</summary>
    public void Keep(PosternConfiguration configuration)
    {
        foreach (var name in last.Keys)
        {
            if (!configuration.Consumers.TryGetValue(name.Consumer, out var consumer) || !Has(consumer, name))
            {
                last.TryRemove(name, out _);
            }
        }
    }

    /// <summary>Null: never, as far as is known.</summary>
    public DateTimeOffset? LastOf(string consumer, CredentialKind kind, string id) => last.TryGetValue(new(consumer, kind, id), out var noted) ? noted : null;

    private static bool Has(ConsumerConfiguration consumer, CredentialName name)
    {
        for (var index = 0; index < consumer.Credentials.Count; index++)
        {
            if (consumer.Credentials[index].Kind == name.Kind && consumer.Credentials[index].IdAt(index) == name.Id)
            {
                return true;
            }
        }

        return false;
    }
}
