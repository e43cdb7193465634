using Postern.Faults;
using Postern.Model;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Writing;

/// <summary>Appends events to the log.</summary>
internal sealed class StageEvents(IReadOnlyList<EventContent> contents, CancellationToken cancellation)
    : WriteOperation<IReadOnlyList<Staged>>(cancellation)
{
    public override void Foresee(Foresight foresight) => foresight.Stage(contents);

    protected override IReadOnlyList<Staged> Change(WriteTransaction transaction) => Stage(transaction, contents);

    public static IReadOnlyList<Staged> Stage(WriteTransaction transaction, IReadOnlyList<EventContent> contents)
    {
        var staged = new Staged[contents.Count];
        for (var index = 0; index < staged.Length; index++)
        {
            var content = contents[index];
            var earlier = transaction.RemembersProducers && content.ProducerId is { } id ? ProducerIds.Find(transaction, content.Source, id) : null;
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
        if (transaction.Connection.Dialect.UnlessPublished is null && content.ProducerId is not null && Find(transaction, content) is { } published)
        {
            return published;
        }

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
            return Find(transaction, content)
                ?? throw new DamagedRowException($"the event {content.ProducerId} of {content.Source} is in the index and not in the log");
        }

        transaction.Counters.LastSequence = sequence;
        transaction.Appended(added);
        return new Staged(added.Id, sequence, Duplicate: false);
    }

    /// <summary>False where it is there already.</summary>
    private static bool Insert(WriteTransaction transaction, Event added)
    {
        const string Sql =
            """
            INSERT INTO events (sequence, id, staged, producer_id, source, type, subject, time, content_type, data_schema,
              extensions, audience, target, data, crc)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
        var content = added.Content;
        var (extensions, audience) = (StoredJson.Write(content.Extensions), StoredJson.Write(content.Audience));
        var unless = transaction.Connection.Dialect.UnlessPublished;
        var statement = transaction.Prepare(unless is null ? Sql : $"{Sql} {unless}")
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
            .Bind(EventChecksum.Of(added, extensions, audience));
        if (unless is not null)
        {
            return statement.Run() == 1;
        }

        statement.Post();
        transaction.Foresight?.Published(added);
        return true;
    }

    private static Staged? Find(WriteTransaction transaction, EventContent content)
    {
        if (transaction.Foresight is { } foresight && foresight.TryFind(content, out var foreseen))
        {
            return foreseen;
        }

        using var rows = transaction.Prepare(transaction.Connection.Dialect.FindPublished)
            .Bind(content.Source)
            .Bind(content.ProducerId);
        return rows.Step() ? new Staged(rows.Text(0), rows.Number(1), Duplicate: true) : null;
    }
}
