using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Copying;

/// <summary>A table as it is copied: its columns, which are called the same in both databases, and its key.</summary>
/// <param name="Columns">Each with its kind: <c>#</c> a number, <c>'</c> a text, <c>x</c> bytes.</param>
/// <param name="Key">What its rows are ordered by; empty: it has one row.</param>
/// <param name="Grows">Rows are added behind the others: a copy that was broken off goes on behind the last one.</param>
/// <param name="Numbers">The database gives the numbers itself, and goes on behind the last one.</param>
internal sealed record CopiedTable(string Name, string Columns, string Key, bool Grows = false, bool Numbers = false)
{
    private readonly (string Name, char Kind)[] columns = [.. Columns.Split(' ').Select(static column => (column[1..], column[0]))];

    /// <summary>Counters come last: they say what the others hold.</summary>
    public static IReadOnlyList<CopiedTable> All { get; } =
    [
        new("events", "#sequence 'id #staged 'producer_id 'source 'type 'subject #time 'content_type 'data_schema 'extensions 'audience #target xdata #crc", "sequence", Grows: true),
        new("unchecked_events", "#last", ""),
        new("producer_ids", "#sequence 'id #staged xkey", "sequence", Grows: true),
        new("queues", "#number 'endpoint 'consumer", "number", Numbers: true),
        new("fresh", "#id #event #subscription #since #ord", "id"),
        new("backlog", "#queue #due #id #event #subscription #attempts #since #ord", "queue, due, id"),
        new("kept", "#id #event #subscription #attempts #state #since #ord 'reason #died", "id"),
        new("ordered", "#subscription #ord #id #event #since", "subscription, ord, id"),
        new("attempts", "#number #callback #ordinal #event #subscription #at #outcome #status #duration 'error 'address xresponse", "number", Grows: true),
        new(
            "subscriptions",
            "#number 'id 'consumer 'resource 'key 'callback 'events 'filter #mode #state 'reason #created 'metadata 'secrets #after #version 'retry #ordered #queue #disabled_by 'delivery 'proof #proof_due",
            "number"),
        new("health", "#subscription #since #steady #last #counted #moments #announced #status 'error", "subscription"),
        new("moves", "#subscription #queue #due #id", "subscription, queue"),
        new(
            "jobs",
            "#number 'id #kind #subscription 'subscription_id 'endpoint #from_time #to_time 'events #rate 'consumer #state 'reason #at_subscription #at_position #last #looked #total #done #created #ended",
            "number", Numbers: true),
        new("answers", "#number 'consumer 'operation 'key #kept xfingerprint xanswer", "number", Numbers: true),
        new(
            "erasures", "#number 'id 'subject 'source 'consumer #requested #finished #phase #position #last #events #callbacks #attempts #subscriptions #answers",
            "number", Numbers: true),
        new("audit", "#number #at 'actor 'address 'request 'action #kind 'target 'consumer 'changed", "number", Grows: true, Numbers: true),
        new("consumers", "#number 'name 'scopes #operator #created", "number", Numbers: true),
        new("credentials", "#consumer #place 'id #kind 'username 'verifier 'scopes #created #expires 'replaced #replaced_until", "consumer, place"),
        new("credential_uses", "'consumer #kind 'id #used", "consumer, kind, id"),
        new("counters", "#last_sequence #cursor #last_callback #last_subscription #last_attempt #pending #dead #subscriptions", ""),
    ];

    public IEnumerable<string> ColumnNames => columns.Select(static column => column.Name);

    public string Insert => string.Create(
        CultureInfo.InvariantCulture, $"INSERT INTO {Name} ({string.Join(", ", ColumnNames)}) VALUES ({string.Join(", ", columns.Select(static _ => "?"))})");

    /// <summary>Its rows, in their order.</summary>
    /// <param name="after">Only those with a greater key; null: all.</param>
    public string Select(long? after = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"SELECT {string.Join(", ", ColumnNames)} FROM {Name}{(after is { } last ? $" WHERE {Key} > {last}" : "")}{(Key.Length == 0 ? "" : $" ORDER BY {Key}")}");

    /// <summary>Binds the columns of a row.</summary>
    public void Bind(Statement to, Statement row)
    {
        for (var column = 0; column < columns.Length; column++)
        {
            _ = columns[column].Kind switch
            {
                '#' => to.Bind(row.OptionalNumber(column)),
                '\'' => to.Bind(row.OptionalText(column)),
                _ => to.Bind(row.Bytes(column)),
            };
        }
    }

    /// <summary>Adds the columns of a row to a hash, each with its length, so that no two rows are alike that are not the same.</summary>
    public void Hash(IncrementalHash hash, Statement row)
    {
        for (var column = 0; column < columns.Length; column++)
        {
            var value = columns[column].Kind switch
            {
                '#' => row.OptionalNumber(column) is { } number ? BitConverter.GetBytes(number) : null,
                '\'' => row.OptionalText(column) is { } text ? Encoding.UTF8.GetBytes(text) : null,
                _ => row.Bytes(column),
            };
            hash.AppendData(BitConverter.GetBytes(value?.Length ?? -1));
            hash.AppendData(value ?? []);
        }
    }
}

/// <summary>What a table holds, in one number: two that have the same one hold the same rows.</summary>
internal readonly record struct RowHash(long Rows, string Hash)
{
    public static RowHash Of(Connection connection, CopiedTable table, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var rows = connection.Prepare(table.Select());
        var count = 0L;
        while (rows.Step())
        {
            table.Hash(hash, rows);
            if (++count % 10_000 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return new RowHash(count, Convert.ToHexString(hash.GetHashAndReset()));
    }
}
