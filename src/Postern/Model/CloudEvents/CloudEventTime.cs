using System.Globalization;

namespace Postern.Model.CloudEvents;

/// <summary>Timestamps of CloudEvents: RFC 3339, written in UTC.</summary>
internal static class CloudEventTime
{
    /// <summary><c>2026-01-31T12:00:00.123Z</c>, with as many digits of the second as are needed.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
