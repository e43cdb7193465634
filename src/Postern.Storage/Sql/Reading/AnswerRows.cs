using Postern.Ports;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Reading;

internal static class AnswerRows
{
    /// <summary>The answer of a key; null when there is none, or it was kept before <paramref name="since"/>.</summary>
    public static KeptAnswer? Find(Connection connection, IdempotentCall call, DateTimeOffset since)
    {
        using var rows = connection
            .Prepare("SELECT fingerprint, answer FROM answers WHERE consumer = ? AND operation = ? AND key = ? AND kept > ?")
            .Bind(call.Consumer).Bind(call.Operation).Bind(call.Key).Bind(since.ToUnixTimeMilliseconds());
        return rows.Step() ? new KeptAnswer(rows.Bytes(0), rows.Bytes(1)) : null;
    }
}
