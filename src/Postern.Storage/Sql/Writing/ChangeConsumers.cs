using Postern.Model;
using Postern.Model.Access;
using Postern.Ports;
using Postern.Storage.Sql.Reading;

namespace Postern.Storage.Sql.Writing;

internal sealed class AddConsumer(StoredConsumer consumer, CancellationToken cancellation) : WriteOperation<StoredConsumer?>(cancellation)
{
    public override bool IsIsolated => true;

    protected override StoredConsumer? Change(WriteTransaction transaction)
    {
        if (ConsumerRows.Find(transaction.Connection, consumer.Name) is not null)
        {
            return null;
        }

        transaction.Prepare("INSERT INTO consumers (name, scopes, operator, created) VALUES (?, ?, ?, ?)")
            .Bind(consumer.Name).Bind(StoredJson.Write(consumer.Scopes)).Bind(consumer.Operator ? 1 : 0).Bind(transaction.Now.ToUnixTimeMilliseconds()).Run();
        var (number, added) = ConsumerRows.Find(transaction.Connection, consumer.Name)!.Value;
        added = added with { Credentials = consumer.Credentials };
        StoredCredentials.Write(transaction, number, added.Credentials);
        transaction.Audit(new AuditTarget(AuditKind.Consumer, added.Name, added.Name));
        transaction.Changed(new ConsumerChange(added.Name, added));
        return added;
    }
}

/// <summary>Reads, changes and writes one consumer: on the writer's thread nobody comes between.</summary>
internal sealed class ChangeConsumer(string name, Func<StoredConsumer, StoredConsumer?> change, CancellationToken cancellation)
    : WriteOperation<StoredConsumer?>(cancellation)
{
    public override bool IsIsolated => true;

    protected override StoredConsumer? Change(WriteTransaction transaction)
    {
        if (ConsumerRows.Find(transaction.Connection, name) is not (var number, var current))
        {
            return null;
        }

        if (change(current) is not { } wanted)
        {
            return current;
        }

        var changed = wanted with { Name = current.Name, Created = current.Created };
        transaction.Prepare("UPDATE consumers SET scopes = ?, operator = ? WHERE number = ?")
            .Bind(StoredJson.Write(changed.Scopes)).Bind(changed.Operator ? 1 : 0).Bind(number).Run();
        StoredCredentials.Write(transaction, number, changed.Credentials);
        transaction.Audit(new AuditTarget(AuditKind.Consumer, name, name) { Changed = Differences(current, changed) });
        transaction.Changed(new ConsumerChange(name, changed));
        return changed;
    }

    private static IReadOnlyList<string> Differences(StoredConsumer before, StoredConsumer after) =>
    [
        .. before.Operator == after.Operator ? Array.Empty<string>() : ["operator"],
        .. StoredJson.Write(before.Scopes) == StoredJson.Write(after.Scopes) ? Array.Empty<string>() : ["scopes"],
        .. after.Credentials.Where(credential => !before.Credentials.Contains(credential)).Select(credential => $"credentials.{credential.Id}"),
        .. before.Credentials.Where(credential => after.Credentials.All(other => other.Id != credential.Id)).Select(credential => $"credentials.{credential.Id}"),
    ];
}

internal sealed class RemoveConsumer(string name, int limit, CancellationToken cancellation) : WriteOperation<ConsumerRemoval?>(cancellation)
{
    public override bool IsIsolated => true;

    protected override ConsumerRemoval? Change(WriteTransaction transaction)
    {
        if (ConsumerRows.Find(transaction.Connection, name) is not (var number, var current))
        {
            return null;
        }

        // From this commit on nobody comes in with them, so that no subscription is made behind the ones that go.
        StoredCredentials.Write(transaction, number, []);
        var subscriptions = SubscriptionRows.List(transaction.Connection, new SubscriptionQuery { Consumer = name, Limit = limit + 1 });
        var room = EndCallbacks.Step;
        foreach (var subscription in subscriptions.Take(limit))
        {
            StoredSubscription.Remove(transaction, subscription, ref room);
        }

        if (subscriptions.Count > limit)
        {
            transaction.Changed(new ConsumerChange(name, current with { Credentials = [] }));
            return new ConsumerRemoval(limit, More: true);
        }

        transaction.Prepare("DELETE FROM consumers WHERE number = ?").Bind(number).Run();
        transaction.Audit(new AuditTarget(AuditKind.Consumer, name, name));
        transaction.Changed(new ConsumerChange(name, null));
        return new ConsumerRemoval(subscriptions.Count, More: false);
    }
}

/// <summary>The rows of a consumer's credentials: few, and written all together.</summary>
internal static class StoredCredentials
{
    public static void Write(WriteTransaction transaction, long consumer, IReadOnlyList<StoredCredential> credentials)
    {
        using (transaction.Connection.OverwriteWhatIsDeleted())
        {
            transaction.Prepare("DELETE FROM credentials WHERE consumer = ?").Bind(consumer).Run();
        }

        for (var place = 0; place < credentials.Count; place++)
        {
            var credential = credentials[place];
            transaction.Prepare(
                """
                INSERT INTO credentials (consumer, place, id, kind, username, verifier, scopes, created, expires, replaced, replaced_until)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .Bind(consumer).Bind(place).Bind(credential.Id).Bind((int)credential.Kind).Bind(credential.Username).Bind(credential.Verifier)
                .Bind(StoredJson.Write(credential.Scopes))
                .Bind(credential.Created.ToUnixTimeMilliseconds()).Bind(credential.Expires?.ToUnixTimeMilliseconds())
                .Bind(credential.Replaced?.Verifier).Bind(credential.Replaced?.Until.ToUnixTimeMilliseconds())
                .Run();
        }
    }
}
