using System.Text;
using Postern.Storage.Sqlite;
using Postern.Storage.Sql.Engine;
using Postern.Storage.Sqlite.Engine;

namespace Postern.Tests.Storage.SimulatedDisk;

/// <summary>Every row of every table as text: two stores that read the same are the same.</summary>
internal static class StoreDump
{
    public static string Of(string path)
    {
        using var connection = SqliteConnection.Open(new SqliteOptions { Path = path }, cacheKilobytes: 1024, busyTimeout: TimeSpan.FromSeconds(5));
        Assert.Equal("ok", Column(connection, "PRAGMA integrity_check")[0]);
        var text = new StringBuilder();
        foreach (var table in Column(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"))
        {
            var columns = string.Join(" || '|' || ", Column(connection, $"SELECT name FROM pragma_table_info('{table}')").Select(name => $"quote(\"{name}\")"));
            text.AppendLine(table);
            foreach (var row in Column(connection, $"SELECT {columns} FROM \"{table}\""))
            {
                text.AppendLine(row);
            }
        }

        return text.ToString();
    }

    private static List<string> Column(Connection connection, string sql)
    {
        using var rows = connection.Prepare(sql);
        var values = new List<string>();
        while (rows.Step())
        {
            values.Add(rows.Text(0));
        }

        return values;
    }
}
