using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Postern.Operations;

/// <summary>The path items of one table of operations.</summary>
internal static partial class OpenApiPaths
{
    private const string ProblemMediaType = "application/problem+json";

    public static JsonObject Create(IReadOnlyList<Operation> operations, OpenApiSchemas schemas, Func<Operation, JsonArray> security)
    {
        var paths = new JsonObject();
        foreach (var operation in operations)
        {
            if (paths[operation.Path] is not JsonObject item)
            {
                paths[operation.Path] = item = [];
                if (PathParameters(operation.Path) is { Count: > 0 } parameters)
                {
                    item["parameters"] = parameters;
                }
            }

            item[operation.Method.ToLowerInvariant()] = Describe(operation, schemas, security);
        }

        return paths;
    }

    private static JsonObject Describe(Operation operation, OpenApiSchemas schemas, Func<Operation, JsonArray> security)
    {
        var description = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["tags"] = new JsonArray(operation.Tag),
            ["summary"] = operation.Summary,
            ["description"] = operation.Description ?? operation.Summary + ".",
            ["security"] = operation.Open ? [] : security(operation),
        };

        JsonArray parameters =
        [
            .. operation.Query.Select(parameter => (JsonNode)Parameter(parameter, "query")),
            .. operation.Headers.Select(parameter => (JsonNode)Parameter(parameter, "header")),
        ];
        if (parameters.Count > 0)
        {
            description["parameters"] = parameters;
        }

        if (RequestBody(operation, schemas) is { } body)
        {
            description["requestBody"] = body;
        }

        description["responses"] = Responses(operation, schemas);
        if (operation.Subscribes)
        {
            description["callbacks"] = new JsonObject
            {
                ["event"] = new JsonObject { ["{$request.body#/callback}"] = OpenApiCallback.Create(operation.Id + "Event") },
            };
        }

        return description;
    }

    private static JsonArray PathParameters(string template) =>
        [.. Parameters().Matches(template).Select(match => (JsonNode)new JsonObject
        {
            ["name"] = match.Groups[1].Value,
            ["in"] = "path",
            ["required"] = true,
            ["description"] = Meaning(template, match.Groups[1].Value),
            ["schema"] = new JsonObject { ["type"] = "string" },
        })];

    private static string Meaning(string template, string parameter) => parameter switch
    {
        "resource" => "Path of the resource without its first slash. It may have several segments, `shop/orders`; its slashes are not encoded.",
        "key" => "Key of one record of the resource: `42`.",
        "id" when template.StartsWith("/api/events/", StringComparison.Ordinal) => "Id of the event, `evt_…`.",
        "id" when template.StartsWith("/api/callbacks/", StringComparison.Ordinal) => "Id of the callback, `cb_…`.",
        "id" when template.StartsWith("/api/jobs/", StringComparison.Ordinal) => "Id of the job, `job_…`.",
        "id" when template.StartsWith("/api/consumers/", StringComparison.Ordinal) => "Name of the consumer.",
        "credential" => "Id of the credential.",
        "job" => "Id of the job, `job_…`.",
        "id" when template.StartsWith("/api/erase/", StringComparison.Ordinal) => "Id of the erasure, `ers_…`.",
        "id" => "Id of the subscription, `sub_…`.",
        _ => throw new InvalidOperationException($"The path parameter {parameter} has no description: add it to OpenApiPaths."),
    };

    private static JsonObject Parameter(OperationParameter parameter, string place)
    {
        var schema = new JsonObject { ["type"] = parameter.Type };
        if (parameter.Values is { } values)
        {
            schema["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
        }

        return new JsonObject
        {
            ["name"] = parameter.Name, ["in"] = place, ["required"] = parameter.Required, ["description"] = parameter.Description, ["schema"] = schema,
        };
    }

    private static JsonObject? RequestBody(Operation operation, OpenApiSchemas schemas)
    {
        // Without a type, only a table that names media types means to take a body: bytes that those describe.
        if (operation.Request is null && operation.RequestMediaTypes is ["application/json"])
        {
            return null;
        }

        var content = new JsonObject();
        foreach (var media in operation.RequestMediaTypes)
        {
            content[media] = new JsonObject
            {
                ["schema"] = operation.Request is { } type && type != typeof(object) ? schemas.Request(type) : OpenApiCallback.SchemaOf(media),
            };
        }

        return new JsonObject { ["required"] = operation.RequestRequired, ["content"] = content };
    }

    private static JsonObject Responses(Operation operation, OpenApiSchemas schemas)
    {
        var responses = new JsonObject();
        foreach (var response in operation.Responses.OrderBy(response => response.Status))
        {
            // One status may have several media types.
            var key = response.Status.ToString(CultureInfo.InvariantCulture);
            if (responses[key] is not JsonObject described)
            {
                responses[key] = described = new JsonObject { ["description"] = response.Description };
                if (OpenApiHeaders.Of(response.Status) is { } headers)
                {
                    described["headers"] = headers;
                }
            }

            if (Content(response, schemas) is { } content)
            {
                described["content"] ??= new JsonObject();
                described["content"]![content.Media] = new JsonObject { ["schema"] = content.Schema };
            }
        }

        if (!operation.Open && !responses.ContainsKey("401"))
        {
            responses["401"] = Content("Valid credentials are missing.", ProblemMediaType, schemas.Response(typeof(Problem)));
            responses["401"]!["headers"] = OpenApiHeaders.Of(401);
        }

        if (operation.Scope is not null && !responses.ContainsKey("403"))
        {
            responses["403"] = Content("The caller's scopes do not hold what the call needs.", ProblemMediaType, schemas.Response(typeof(Problem)));
        }

        responses["default"] = Content("Any other problem.", ProblemMediaType, schemas.Response(typeof(Problem)));
        return responses;
    }

    private static (string Media, JsonNode Schema)? Content(OperationResponse response, OpenApiSchemas schemas)
    {
        if (response.Body == typeof(Problem) || (response.Body is null && response.Status >= 400))
        {
            return (ProblemMediaType, schemas.Response(typeof(Problem)));
        }

        return response.Body is { } type ? (response.MediaType, schemas.Response(type)) : null;
    }

    private static JsonObject Content(string description, string media, JsonNode schema) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject { [media] = new JsonObject { ["schema"] = schema } },
    };

    [GeneratedRegex(@"\{(\w+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameters();
}
