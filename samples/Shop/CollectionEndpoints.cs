using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Samples.Shop;

/// <summary>The REST calls of one collection.</summary>
public static class CollectionEndpoints
{
    public static void MapCollection(this IEndpointRouteBuilder routes, string path, Collection collection)
    {
        routes.MapGet(path, () => Results.Json(collection.List()));

        routes.MapGet(path + "/{key}", (string key) => collection.Find(key) is { } record ? Results.Json(record) : NotFound(path, key));

        routes.MapPost(path, (HttpRequest request) => WithObjectAsync(request, record => collection.Add(record) is { } key
            ? Results.Created($"{path}/{Uri.EscapeDataString(key)}", record)
            : Results.Problem($"{path} has a record with this id already: use PUT to replace it.", statusCode: 409)));

        routes.MapPut(path + "/{key}", (string key, HttpRequest request) => WithObjectAsync(request, record => collection.Put(key, record)
            ? Results.Created($"{path}/{Uri.EscapeDataString(key)}", record)
            : Results.Json(record)));

        routes.MapPatch(path + "/{key}", (string key, HttpRequest request) =>
            WithObjectAsync(request, patch => collection.Patch(key, patch) is { } record ? Results.Json(record) : NotFound(path, key)));

        routes.MapDelete(path + "/{key}", (string key) => collection.Remove(key) ? Results.NoContent() : NotFound(path, key));
    }

    private static async Task<IResult> WithObjectAsync(HttpRequest request, Func<JsonObject, IResult> handle)
    {
        try
        {
            // Duplicate members are refused here, while reading: a JsonObject would throw at first use.
            var node = await JsonNode.ParseAsync(
                request.Body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }, cancellationToken: request.HttpContext.RequestAborted);
            return node is JsonObject record ? handle(record) : Results.Problem("The body must be a JSON object.", statusCode: 400);
        }
        catch (JsonException exception)
        {
            return Results.Problem($"The body is not valid JSON: {exception.Message}", statusCode: 400);
        }
    }

    private static IResult NotFound(string path, string key) => Results.Problem($"There is no {path}/{key}.", statusCode: 404);
}
