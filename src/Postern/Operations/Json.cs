using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Postern.Operations;

/// <summary>How the public face reads and writes JSON.</summary>
public static class Json
{
    /// <summary>camelCase, nulls left out, duplicate properties refused, depth at most 64.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        AllowDuplicateProperties = false,
        MaxDepth = 64,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Task WriteAsync<T>(this HttpResponse response, int status, T body)
    {
        response.StatusCode = status;
        return response.WriteAsync(body, "application/json");
    }

    public static Task WriteAsync(this HttpResponse response, ProblemException exception)
    {
        response.StatusCode = exception.Problem.Status;
        if (exception.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        // The admin port asks for its own scheme.
        if (exception.Problem.Status == 401 && response.HttpContext.Features.Get<GatewayCall>() is { } call)
        {
            response.Headers.WWWAuthenticate = call.Challenges.ToArray();
        }

        return response.WriteAsync(exception.Problem, "application/problem+json");
    }

    /// <summary>JSON that has been written before.</summary>
    public static Task WriteBytesAsync(this HttpResponse response, int status, ReadOnlyMemory<byte> json)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json, response.HttpContext.RequestAborted).AsTask();
    }

    // Written whole: answers are small, and one with a length needs neither chunks nor an asynchronous serialiser.
    private static Task WriteAsync<T>(this HttpResponse response, T body, string mediaType)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Options);
        response.ContentType = mediaType;
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, 0, bytes.Length, response.HttpContext.RequestAborted);
    }
}
