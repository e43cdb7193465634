using System.Data;
using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.PostgreSql.Engine;

/// <summary>A statement of PostgreSQL. Npgsql prepares it on the server when it has been run a few times.</summary>
internal sealed class PostgreSqlStatement : Statement
{
    private readonly PostgreSqlConnection connection;
    private readonly NpgsqlCommand command;
    private NpgsqlDataReader? reader;

    // What was left of the answer when another statement of the connection was run: it answers one at a time.
    private Queue<object[]>? kept;
    private object[]? row;
    private int bound;

    public PostgreSqlStatement(PostgreSqlConnection connection, NpgsqlConnection session, string sql)
    {
        this.connection = connection;
        command = new NpgsqlCommand(Numbered(sql), session);
    }

    public string Sql => command.CommandText;

    public override Statement Bind(long value) => Bind(NpgsqlDbType.Bigint, value);

    public override Statement Bind(long? value) => Bind(NpgsqlDbType.Bigint, value);

    // PostgreSQL's texts hold no U+0000, and what holds one is never an attribute of an event: what somebody asks for by it is not found.
    public override Statement Bind(string? value) => Bind(NpgsqlDbType.Text, value?.Replace('\0', '\uFFFD'));

    public override Statement Bind(ReadOnlySpan<byte> value) => Bind(NpgsqlDbType.Bytea, value.ToArray());

    public override bool Step()
    {
        if (kept is not null)
        {
            return kept.TryDequeue(out row);
        }

        try
        {
            reader ??= Open();
            return reader.Read();
        }
        catch (Exception exception) when (PostgreSqlException.Is(exception))
        {
            throw new PostgreSqlException(exception);
        }
    }

    public override int Run()
    {
        try
        {
            connection.MakeWay(this);
            var changed = Math.Max(0, command.ExecuteNonQuery());
            connection.Changed(changed);
            return changed;
        }
        catch (Exception exception) when (PostgreSqlException.Is(exception))
        {
            throw new PostgreSqlException(exception);
        }
        finally
        {
            Dispose();
        }
    }

    public override void Post()
    {
        try
        {
            connection.Post(this, command.Parameters);
        }
        catch (Exception exception) when (PostgreSqlException.Is(exception))
        {
            throw new PostgreSqlException(exception);
        }
        finally
        {
            Dispose();
        }
    }

    public override long Number(int column)
    {
        if (row is null && reader!.GetFieldType(column) == typeof(long) && !reader.IsDBNull(column))
        {
            return reader.GetInt64(column);
        }

        return Value(column) is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;
    }

    public override string? OptionalText(int column) => IsNull(column) ? null : (string)Value(column);

    public override byte[] Bytes(int column) => IsNull(column) ? [] : (byte[])Value(column);

    /// <summary>Takes the rest of the answer into memory.</summary>
    public void MakeWay()
    {
        if (reader is null)
        {
            return;
        }

        row = reader.IsOnRow ? Row() : null;
        kept = new Queue<object[]>();
        while (reader.Read())
        {
            kept.Enqueue(Row());
        }

        reader.Dispose();
        reader = null;
    }

    public override void Dispose()
    {
        if (reader is not null)
        {
            try
            {
                reader.Dispose();
            }
            catch (Exception exception) when (PostgreSqlException.Is(exception))
            {
                // What was to be read has been read; the connection tells when it is used next.
            }

            reader = null;
            connection.Answered(this);
        }

        (kept, row, bound) = (null, null, 0);
    }

    public override void Close()
    {
        Dispose();
        command.Dispose();
    }

    protected override bool IsNull(int column) => row is null ? reader!.IsDBNull(column) : row[column] is DBNull;

    protected override string NameOf(int column) => reader?.GetName(column) ?? $"column {column}";

    private NpgsqlDataReader Open()
    {
        connection.MakeWay(this);
        var opened = command.ExecuteReader(CommandBehavior.Default);
        connection.Changed(Math.Max(0, opened.RecordsAffected));
        return opened;
    }

    private object Value(int column) => row is null ? reader!.GetValue(column) : row[column];

    private object[] Row()
    {
        var values = new object[reader!.FieldCount];
        reader.GetValues(values);
        return values;
    }

    private PostgreSqlStatement Bind(NpgsqlDbType type, object? value)
    {
        if (bound == command.Parameters.Count)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        }

        command.Parameters[bound++].Value = value ?? DBNull.Value;
        return this;
    }

    /// <summary><c>?</c> and <c>?1</c> as SQLite numbers them: one without a number is the next behind the greatest so far.</summary>
    private static string Numbered(string sql)
    {
        var (text, greatest) = (new StringBuilder(sql.Length + 16), 0);
        for (var index = 0; index < sql.Length; index++)
        {
            if (sql[index] != '?')
            {
                text.Append(sql[index]);
                continue;
            }

            var end = index + 1;
            while (end < sql.Length && char.IsAsciiDigit(sql[end]))
            {
                end++;
            }

            var number = end > index + 1 ? int.Parse(sql.AsSpan(index + 1, end - index - 1), CultureInfo.InvariantCulture) : greatest + 1;
            greatest = Math.Max(greatest, number);
            text.Append('$').Append(CultureInfo.InvariantCulture, $"{number}");
            index = end - 1;
        }

        return text.ToString();
    }
}
