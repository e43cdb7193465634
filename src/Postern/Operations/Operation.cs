using Microsoft.AspNetCore.Http;
using Postern.Model.Access;

namespace Postern.Operations;

/// <summary>
/// One call of the public face. The table of operations is what calls are dispatched by and what <c>openapi.json</c> is made from.
/// </summary>
public sealed record Operation
{
    /// <summary>Unique name, the OpenAPI <c>operationId</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Upper case.</summary>
    public required string Method { get; init; }

    /// <summary>Template: <c>/{resource}/subscriptions/{id}/pause</c>, where <c>{resource}</c> may be several segments; <c>/api/events</c>.</summary>
    public required string Path { get; init; }

    public required string Tag { get; init; }

    public required string Summary { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<OperationParameter> Query { get; init; } = [];

    public IReadOnlyList<OperationParameter> Headers { get; init; } = [];

    /// <summary>Type of the JSON request body; null: none.</summary>
    public Type? Request { get; init; }

    /// <summary>Media types of the request body where it is not <c>application/json</c>.</summary>
    public IReadOnlyList<string> RequestMediaTypes { get; init; } = ["application/json"];

    public bool RequestRequired { get; init; } = true;

    public required IReadOnlyList<OperationResponse> Responses { get; init; }

    /// <summary>OpenAPI <c>callbacks</c>: the events this call makes the gateway send (the subscribe calls).</summary>
    public bool Subscribes { get; init; }

    /// <summary>What the caller's scopes must let it do at the path of the call; null on the admin port, whose token gives everything.</summary>
    public ScopeVerb? Scope { get; init; }

    /// <summary>Answers without credentials or token (health).</summary>
    public bool Open { get; init; }

    /// <summary>Stages events and changes nothing else: no matter for the audit log.</summary>
    public bool OnlyPublishes { get; init; }

    /// <summary>What it changes is written into the audit log.</summary>
    public bool IsAudited => Method != "GET" && !OnlyPublishes;

    public required RequestDelegate Handle { get; init; }
}

/// <param name="Type">JSON Schema type: <c>string</c>, <c>integer</c>, <c>boolean</c>.</param>
/// <param name="Values">The only values it may have; null: any.</param>
public sealed record OperationParameter(string Name, string Type, string Description, bool Required = false, IReadOnlyList<string>? Values = null);

/// <param name="Body">Type of the JSON body; null: none.</param>
/// <param name="MediaType">Media type where it is not <c>application/json</c>.</param>
public sealed record OperationResponse(int Status, string Description, Type? Body = null, string MediaType = "application/json");

/// <summary>The calls of the gateway port.</summary>
public sealed record GatewayOperations(IReadOnlyList<Operation> All);

/// <summary>The calls of the admin port.</summary>
public sealed record AdminOperations(IReadOnlyList<Operation> All);
