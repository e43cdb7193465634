using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>Shows the audit log.</summary>
internal sealed class AdminAudit(IStore store)
{
    public async Task List(HttpContext context, CallQuery query)
    {
        var limit = query.Limit;
        var wanted = new AuditQuery
        {
            Actor = query.Text("actor"), Action = query.Text("action"), Kind = query.Choice<AuditKind>("kind"), Target = query.Text("target"),
            Consumer = query.Text("consumer"), Before = query.After, Limit = limit + 1,
        };
        query.ThrowIfInvalid();
        var read = await store.ListAuditAsync(wanted, context.RequestAborted);
        await context.Response.WriteAsync(200, Page.Of(read, limit, entry => entry.Number, AuditReport.Of));
    }
}

[Description("One change and who made it. No secret is in it.")]
internal sealed record AuditReport
{
    [Description("When it was committed.")]
    public required DateTimeOffset At { get; init; }

    [Description("`operator` at the admin port, `consumer:NAME` at the gateway, or `gateway` by itself.")]
    public required string Actor { get; init; }

    [Description("IP address that the call came from; missing where none was made.")]
    public string? Address { get; init; }

    [Description("`X-Request-Id` of the call at the gateway.")]
    public string? Request { get; init; }

    [Description("Name of the operation, as in this document: `rotateSecret`; `reload` or `rejectReload` for the configuration.")]
    public required string Action { get; init; }

    [Description("What kind of thing was changed.")]
    public required AuditKind Kind { get; init; }

    [Description("Its id or name.")]
    public required string Target { get; init; }

    [Description("Name of the consumer whose it is.")]
    public string? Consumer { get; init; }

    [Description("Names of what differs afterwards; missing where it was made, removed or carried out as a whole.")]
    public IReadOnlyList<string>? Changed { get; init; }

    public static AuditReport Of(AuditEntry entry) => new()
    {
        At = entry.At,
        Actor = entry.Origin.Actor,
        Address = entry.Origin.Address,
        Request = entry.Origin.Request,
        Action = entry.Origin.Action,
        Kind = entry.Target.Kind,
        Target = entry.Target.Id,
        Consumer = entry.Target.Consumer,
        Changed = entry.Target.Changed.Count == 0 ? null : entry.Target.Changed,
    };
}
