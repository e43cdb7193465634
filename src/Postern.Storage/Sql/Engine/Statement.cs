using System.Globalization;

namespace Postern.Storage.Sql.Engine;

/// <summary>
/// A prepared statement. Values are bound in their order, <see cref="Dispose"/> makes it ready for the next use.
/// </summary>
internal abstract class Statement : IDisposable
{
    private static readonly long FirstMillisecond = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public abstract Statement Bind(long value);

    public abstract Statement Bind(long? value);

    public abstract Statement Bind(string? value);

    public abstract Statement Bind(ReadOnlySpan<byte> value);

    /// <summary>Goes to the next row; false when there is none.</summary>
    public abstract bool Step();

    /// <summary>Runs a statement that answers nothing. Returns the number of rows it changed.</summary>
    public abstract int Run();

    /// <summary>
    /// Runs an <c>INSERT … VALUES</c> that nobody needs the answer of: before the next statement that is run, at the latest with the commit.
    /// </summary>
    public virtual void Post() => Run();

    public abstract long Number(int column);

    public long? OptionalNumber(int column) => IsNull(column) ? null : Number(column);

    /// <exception cref="DamagedRowException">It is NULL.</exception>
    public string Text(int column) => OptionalText(column) ?? throw Damaged(column, "nothing");

    public abstract string? OptionalText(int column);

    public abstract byte[] Bytes(int column);

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

    public abstract void Dispose();

    public abstract void Close();

    protected abstract bool IsNull(int column);

    protected abstract string NameOf(int column);

    private DamagedRowException Damaged(int column, object what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"a row has {what} as its {NameOf(column)}"));
}
