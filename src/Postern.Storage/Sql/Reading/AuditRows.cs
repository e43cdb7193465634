using Postern.Model;
using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class AuditRows
{
    public static IReadOnlyList<AuditEntry> List(Connection connection, AuditQuery query)
    {
        using var rows = new Conditions()
            .Add("actor = ?", query.Actor)
            .Add("action = ?", query.Action)
            .Add("kind = ?", (long?)query.Kind)
            .Add("target = ?", query.Target)
            .Add("consumer = ?", query.Consumer)
            .Add("number < ?", query.Before)
            .Prepare(connection, "SELECT number, at, actor, address, request, action, kind, target, consumer, changed FROM audit {0} ORDER BY number DESC LIMIT ?")
            .Bind(query.Limit);
        var entries = new List<AuditEntry>();
        while (rows.Step())
        {
            entries.Add(new AuditEntry
            {
                Number = rows.Number(0),
                At = rows.Time(1),
                Origin = new CallOrigin(rows.Text(2), rows.Text(5), rows.OptionalText(3), rows.OptionalText(4)),
                Target = new AuditTarget((AuditKind)rows.Number(6), rows.Text(7), rows.OptionalText(8))
                {
                    Changed = StoredJson.ReadList(rows.OptionalText(9)) ?? [],
                },
            });
        }

        return entries;
    }
}
