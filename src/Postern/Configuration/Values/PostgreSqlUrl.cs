using System.Globalization;
using Postern.Configuration.Shapes;

namespace Postern.Configuration.Values;

/// <summary>The URL of a PostgreSQL database, as libpq writes it (postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS).</summary>
internal sealed record PostgreSqlUrl
{
    private const int DefaultPort = 5432;
    private const string Example = "postgres://USER:PASSWORD@HOST:5432/DATABASE";
    private static readonly string[] Modes = ["disable", "require", "verify-ca", "verify-full"];

    public required string Host { get; init; }
    public required int Port { get; init; }
    public required string Database { get; init; }
    public required string User { get; init; }
    public string? Password { get; init; }

    /// <summary><c>disable</c>, <c>require</c>, <c>verify-ca</c> or <c>verify-full</c>: by default the last, and the first on loopback.</summary>
    public required string SslMode { get; init; }

    /// <summary>Files in PEM: who may have signed the server's certificate, and what is shown to the server.</summary>
    public string? SslRootCert { get; init; }
    public string? SslCert { get; init; }
    public string? SslKey { get; init; }

    /// <summary>How long a connection may take, in seconds. Default 15.</summary>
    public int ConnectTimeout { get; init; } = 15;

    public static bool Is(string text) =>
        text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);

    public static Parsed<PostgreSqlUrl> Parse(string text)
    {
        if (!Is(text) || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            return No($"is no URL of a PostgreSQL database: write {Example}.");
        }

        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length == 0)
        {
            return No($"names no user: write {Example}.");
        }

        var database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));
        if (database.Length == 0 || database.Contains('/', StringComparison.Ordinal))
        {
            return No($"names no database: write {Example}.");
        }

        var parsed = new PostgreSqlUrl
        {
            Host = url.IdnHost.Trim('[', ']'),
            Port = url.Port > 0 ? url.Port : DefaultPort,
            Database = database,
            User = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            // A password on a network has to know whom it is given to.
            SslMode = url.IsLoopback ? "disable" : "verify-full",
        };
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var first, var second] ? (first, Uri.UnescapeDataString(second)) : (pair, "");
            if (parsed.With(name, value) is not { } with)
            {
                return No(
                    $"has the parameter {name}, which is not understood so: there are sslmode ({string.Join(", ", Modes)}), sslrootcert, sslcert and sslkey (files), and connect_timeout (seconds).");
            }

            parsed = with;
        }

        return parsed;
    }

    /// <summary>Without user and password.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {Host}:{Port}/{Database}");

    private PostgreSqlUrl? With(string name, string value) => (name, value.Length > 0) switch
    {
        ("sslmode", true) => Modes.Contains(value) ? this with { SslMode = value } : null,
        ("sslrootcert", true) => this with { SslRootCert = value },
        ("sslcert", true) => this with { SslCert = value },
        ("sslkey", true) => this with { SslKey = value },
        ("connect_timeout", true) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1024
            ? this with { ConnectTimeout = seconds }
            : null,
        _ => null,
    };

    private static Parsed<PostgreSqlUrl> No(string problem) => Parsed.No<PostgreSqlUrl>(problem);
}
