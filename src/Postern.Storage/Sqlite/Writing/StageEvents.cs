using Postern.Faults;
using Postern.Model;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Storage.Sqlite.Writing;

/// <summary>Appends events to the log.</summary>
internal sealed class StageEvents(IReadOnlyList<EventContent> contents, CancellationToken cancellation)
    : WriteOperation<IReadOnlyList<Staged>>(cancellation)
{
    protected override IReadOnlyList<Staged> Change(WriteTransaction transaction) => Stage(transaction, contents);

    public static IReadOnlyList<Staged> Stage(WriteTransaction transaction, IReadOnlyList<EventContent> contents)
    {
        var staged = new Staged[contents.Count];
        var remembers = ProducerIds.Any(transaction);
        for (var index = 0; index < staged.Length; index++)
        {
            var content = contents[index];
            var earlier = remembers && content.ProducerId is { } id ? ProducerIds.Find(transaction, content.Source, id) : null;
            staged[index] = earlier ?? Stage(transaction, content);
            CrashPoint.Reach(CrashPoints.StageAfterEvent);
        }

        return staged;
    }

    /// <summary>Events of the gateway itself, staged with what they tell of; one that is there already is not staged again.</summary>
    public static void Announce(WriteTransaction transaction, IReadOnlyList<EventContent> announcements)
    {
        foreach (var announcement in announcements)
        {
            Stage(transaction, announcement);
        }
    }

    private static Staged Stage(WriteTransaction transaction, EventContent content)
    {
        var sequence = transaction.Counters.LastSequence + 1;
        var added = new Event
        {
            Sequence = sequence,
            Id = EventId.Create(sequence),
            Staged = transaction.Now,
            Content = content.Time.Offset == TimeSpan.Zero ? content : content with { Time = content.Time.ToUniversalTime() },
        };
        if (!Insert(transaction, added))
        {
            return FindFirst(transaction, content);
        }

        transaction.Counters.LastSequence = sequence;
        transaction.Appended(added);
        return new Staged(added.Id, sequence, Duplicate: false);
    }

    private static bool Insert(WriteTransaction transaction, Event added)
    {
        var content = added.Content;
        var (extensions, audience) = (StoredJson.Write(content.Extensions), StoredJson.Write(content.Audience));
        return transaction.Prepare(
            """
            INSERT INTO events (sequence, id, staged, producer_id, source, type, subject, time, content_type, data_schema,
              extensions, audience, target, data, crc)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (source, producer_id) WHERE producer_id IS NOT NULL DO NOTHING
            """)
            .Bind(added.Sequence)
            .Bind(added.Id)
            .Bind(added.Staged.ToUnixTimeMilliseconds())
            .Bind(content.ProducerId)
            .Bind(content.Source)
            .Bind(content.Type)
            .Bind(content.Subject)
            .Bind(content.Time.UtcTicks)
            .Bind(content.DataContentType)
            .Bind(content.DataSchema)
            .Bind(extensions)
            .Bind(audience)
            .Bind(content.Target)
            .Bind(content.Data.Span)
            .Bind(EventChecksum.Of(added, extensions, audience))
            .Run() == 1;
    }

    private static Staged FindFirst(WriteTransaction transaction, EventContent content)
    {
        using var rows = transaction.Prepare("SELECT id, sequence FROM events WHERE source = ? AND producer_id = ?")
            .Bind(content.Source)
            .Bind(content.ProducerId);
        return rows.Step()
            ? new Staged(rows.Text(0), rows.Number(1), Duplicate: true)
            : throw new DamagedRowException($"the event {content.ProducerId} of {content.Source} is in the index and not in the log");
    }
}
