using System.Buffers;
using System.Text;
using Postern.Storage.Sql.Engine;
using SQLitePCL;

namespace Postern.Storage.Sqlite.Engine;

/// <summary>A prepared statement of SQLite.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt handle) : Statement
{
    // Valid as long as the handle is: closed by the connection, never while a statement is used.
    private readonly nint pointer = handle.DangerousGetHandle();
    private int bound;

    public override Statement Bind(long value)
    {
        connection.Check(Native.Bind(pointer, ++bound, value));
        return this;
    }

    public override Statement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public override Statement Bind(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            // An empty span has no address, and would be bound as NULL.
            return value is null ? BindNull() : BindEmptyText();
        }

        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (size <= 1024)
        {
            Span<byte> text = stackalloc byte[size];
            return BindText(text[..Encoding.UTF8.GetBytes(value, text)]);
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            return BindText(rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public override Statement Bind(ReadOnlySpan<byte> value)
    {
        connection.Check(value.IsEmpty
            ? Native.BindZeroes(pointer, ++bound, 0)
            : raw.sqlite3_bind_blob(handle, ++bound, value));
        return this;
    }

    private SqliteStatement BindNull()
    {
        connection.Check(Native.BindNull(pointer, ++bound));
        return this;
    }

    public override bool Step()
    {
        var code = Native.Step(pointer);
        connection.Check(code);
        return code == raw.SQLITE_ROW;
    }

    public override int Run()
    {
        try
        {
            Step();
            return connection.Changes;
        }
        finally
        {
            Dispose();
        }
    }

    public override long Number(int column) => Native.Number(pointer, column);

    public override string? OptionalText(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public override byte[] Bytes(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public override void Dispose()
    {
        // The code of a reset is that of the step before it, which has been thrown already.
        _ = Native.Reset(pointer);
        bound = 0;
    }

    public override void Close() => handle.Dispose();

    protected override bool IsNull(int column) => Native.Type(pointer, column) == raw.SQLITE_NULL;

    protected override string NameOf(int column) => raw.sqlite3_column_name(handle, column).utf8_to_string();

    private SqliteStatement BindText(ReadOnlySpan<byte> text)
    {
        connection.Check(raw.sqlite3_bind_text(handle, ++bound, text));
        return this;
    }

    private SqliteStatement BindEmptyText()
    {
        connection.Check(raw.sqlite3_bind_text(handle, ++bound, ""));
        return this;
    }
}
