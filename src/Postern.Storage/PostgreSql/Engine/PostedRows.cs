using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Postern.Storage.PostgreSql.Engine;

/// <summary>Rows of one <c>INSERT … VALUES</c>, collected by columns: one statement inserts them all.</summary>
internal sealed class PostedRows
{
    private readonly string into;
    private readonly List<Column> columns;

    /// <param name="sql">The insertion of one row, its values <c>($1, $2, …)</c>.</param>
    public PostedRows(string sql, NpgsqlParameterCollection values)
    {
        into = sql[..sql.IndexOf("VALUES", StringComparison.Ordinal)];
        columns = [.. values.Select(Column.Of)];
    }

    /// <summary>Adds a row; how many bytes it has, roughly.</summary>
    public long Add(NpgsqlParameterCollection values)
    {
        var bytes = 0L;
        for (var index = 0; index < columns.Count; index++)
        {
            bytes += columns[index].Add(values[index].Value!);
        }

        return bytes;
    }

    public NpgsqlBatchCommand Insertion()
    {
        var lists = string.Join(", ", Enumerable.Range(1, columns.Count).Select(static number => string.Create(CultureInfo.InvariantCulture, $"${number}")));
        var command = new NpgsqlBatchCommand($"{into} SELECT * FROM unnest({lists})");
        foreach (var column in columns)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | column.Type, Value = column.Values });
        }

        return command;
    }

    private abstract class Column
    {
        public abstract NpgsqlDbType Type { get; }

        public abstract object Values { get; }

        public abstract long Add(object value);

        public static Column Of(NpgsqlParameter parameter) => parameter.NpgsqlDbType switch
        {
            NpgsqlDbType.Bigint => new Numbers(),
            NpgsqlDbType.Text => new Texts(),
            _ => new Bytes(),
        };
    }

    private sealed class Numbers : Column
    {
        private readonly List<long?> values = [];

        public override NpgsqlDbType Type => NpgsqlDbType.Bigint;

        public override object Values => values.ToArray();

        public override long Add(object value)
        {
            values.Add(value is long number ? number : null);
            return sizeof(long);
        }
    }

    private sealed class Texts : Column
    {
        private readonly List<string?> values = [];

        public override NpgsqlDbType Type => NpgsqlDbType.Text;

        public override object Values => values.ToArray();

        public override long Add(object value)
        {
            var text = value as string;
            values.Add(text);
            return text?.Length ?? 0;
        }
    }

    private sealed class Bytes : Column
    {
        private readonly List<byte[]?> values = [];

        public override NpgsqlDbType Type => NpgsqlDbType.Bytea;

        public override object Values => values.ToArray();

        public override long Add(object value)
        {
            var bytes = value as byte[];
            values.Add(bytes);
            return bytes?.Length ?? 0;
        }
    }
}
