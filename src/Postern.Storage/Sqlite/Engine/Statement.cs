using System.Buffers;
using System.Globalization;
using System.Text;
using SQLitePCL;

namespace Postern.Storage.Sqlite.Engine;

/// <summary>
/// A prepared statement. Values are bound in their order, <see cref="Dispose"/> makes it ready for the next use.
/// </summary>
internal sealed class Statement(Connection connection, sqlite3_stmt handle) : IDisposable
{
    private static readonly long FirstMillisecond = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    // Valid as long as the handle is: closed by the connection, never while a statement is used.
    private readonly nint pointer = handle.DangerousGetHandle();
    private int bound;

    public Statement Bind(long value)
    {
        connection.Check(Native.Bind(pointer, ++bound, value));
        return this;
    }

    public Statement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public Statement Bind(string? value)
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

    public Statement Bind(ReadOnlySpan<byte> value)
    {
        connection.Check(value.IsEmpty
            ? Native.BindZeroes(pointer, ++bound, 0)
            : raw.sqlite3_bind_blob(handle, ++bound, value));
        return this;
    }

    public Statement BindNull()
    {
        connection.Check(Native.BindNull(pointer, ++bound));
        return this;
    }

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step()
    {
        var code = Native.Step(pointer);
        connection.Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Runs a statement that answers nothing. Returns the number of rows it changed.</summary>
    public int Run()
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

    public long Number(int column) => Native.Number(pointer, column);

    public long? OptionalNumber(int column) => IsNull(column) ? null : Number(column);

    /// <exception cref="DamagedRowException">It is NULL.</exception>
    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? throw Damaged(column, "nothing");

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>A time that is kept as milliseconds since 1970.</summary>
    /// <exception cref="DamagedRowException">There is no such time.</exception>
    public DateTimeOffset Time(int column) =>
        Number(column) is var number && number >= FirstMillisecond && number <= LastMillisecond
            ? DateTimeOffset.FromUnixTimeMilliseconds(number)
            : throw Damaged(column, number);

    public DateTimeOffset? OptionalTime(int column) => IsNull(column) ? null : Time(column);

    /// <summary>A time that is kept as ticks of 100 ns since the year 1.</summary>
    /// <exception cref="DamagedRowException">There is no such time.</exception>
    public DateTimeOffset Ticks(int column) =>
        Number(column) is var number && number >= 0 && number <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(number, TimeSpan.Zero)
            : throw Damaged(column, number);

    public DateTimeOffset? OptionalTicks(int column) => IsNull(column) ? null : Ticks(column);

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public void Dispose()
    {
        // The code of a reset is that of the step before it, which has been thrown already.
        _ = Native.Reset(pointer);
        bound = 0;
    }

    public void Close() => handle.Dispose();

    private DamagedRowException Damaged(int column, object what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"a row has {what} as its {raw.sqlite3_column_name(handle, column).utf8_to_string()}"));

    private bool IsNull(int column) => Native.Type(pointer, column) == raw.SQLITE_NULL;

    private Statement BindText(ReadOnlySpan<byte> text)
    {
        connection.Check(raw.sqlite3_bind_text(handle, ++bound, text));
        return this;
    }

    private Statement BindEmptyText()
    {
        connection.Check(raw.sqlite3_bind_text(handle, ++bound, ""));
        return this;
    }
}
