using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Postern.EndToEnd.Harness;

/// <summary>A caller of the gateway port.</summary>
internal sealed class GatewayClient(string gateway, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly HttpClient http = new(handler ?? new SocketsHttpHandler()) { BaseAddress = new Uri(gateway) };

    public HttpClient Http => http;

    public static GatewayClient WithBasic(string gateway, string username, string password)
    {
        var client = new GatewayClient(gateway);
        client.http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")));
        return client;
    }

    public static GatewayClient WithApiKey(string gateway, string key)
    {
        var client = new GatewayClient(gateway);
        client.http.DefaultRequestHeaders.Add("X-API-Key", key);
        return client;
    }

    /// <summary>Subscribes, and hands out what must be known later.</summary>
    /// <param name="more">More members of the request.</param>
    public async Task<Subscribed> SubscribeAsync(string resource, string callback, JsonObject? more = null)
    {
        var request = new JsonObject { ["callback"] = callback };
        foreach (var (name, value) in more ?? [])
        {
            request[name] = value?.DeepClone();
        }

        var answer = await CallAsync(HttpMethod.Post, resource + "/subscribe", HttpStatusCode.Created, request);
        return new Subscribed(resource, (string)answer!["id"]!, (string)answer["secret"]!);
    }

    /// <summary>Calls, insists on the status, and gives back the JSON that came; null when nothing came.</summary>
    public async Task<JsonNode?> CallAsync(HttpMethod method, string path, HttpStatusCode expected, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{method} {path} was answered {(int)answer.StatusCode} instead of {(int)expected}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>Publishes one event in binary mode; the answer is the caller's to judge.</summary>
    public Task<HttpResponseMessage> PublishAsync(string source, string id, string type, string data)
    {
        var content = new StringContent(data, Encoding.UTF8, "application/json");
        content.Headers.Add("ce-specversion", "1.0");
        content.Headers.Add("ce-id", id);
        content.Headers.Add("ce-source", source);
        content.Headers.Add("ce-type", type);
        return http.PostAsync("/events", content);
    }

    public void Dispose() => http.Dispose();
}

internal sealed record Subscribed(string Resource, string Id, string Secret)
{
    public string Path => $"{Resource}/subscriptions/{Id}";
}
