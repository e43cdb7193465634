using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Server.Demo;

/// <summary>The client in the story: what it sends, anybody can send with curl.</summary>
internal sealed class DemoCaller(string gateway, TimeProvider time) : IDisposable
{
    // A consumer's own client. It dials the gateway of this process and nothing else, so the egress dialler has no say in it.
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    /// <summary>Makes one call through the gateway; anything but a 2xx ends the story.</summary>
    public async Task<Exchange> CallAsync(HttpMethod method, string path, string? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, gateway + path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        var started = time.GetTimestamp();
        using var response = await client.SendAsync(request, cancellation);
        var answer = await response.Content.ReadAsStringAsync(cancellation);
        var exchange = new Exchange
        {
            Method = method.Method,
            Url = gateway + path,
            Body = body,
            Status = (int)response.StatusCode,
            Reason = response.ReasonPhrase ?? "",
            Answer = answer,
            Started = started,
            Duration = time.GetElapsedTime(started),
        };
        return response.IsSuccessStatusCode
            ? exchange
            : throw new DemoException($"{method} {gateway}{path} was answered {exchange.Status}: {answer}");
    }

    public void Dispose() => client.Dispose();
}

/// <summary>A request and what came back.</summary>
internal sealed record Exchange
{
    public required string Method { get; init; }
    public required string Url { get; init; }
    public required string? Body { get; init; }
    public required int Status { get; init; }
    public required string Reason { get; init; }
    public required string Answer { get; init; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when it was sent.</summary>
    public required long Started { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The same request for a shell.</summary>
    public string Curl => $"curl {(Method == "POST" && Body is not null ? "" : $"-X {Method} ")}{Url}{(Body is null ? "" : $" --json '{Body}'")}";

    /// <summary>A string member of the JSON that came back; anything else ends the story.</summary>
    public string Read(string member)
    {
        try
        {
            return JsonNode.Parse(Answer)?[member]?.GetValue<string>() ?? throw Unexpected(member, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Unexpected(member, exception.Message);
        }
    }

    private DemoException Unexpected(string member, string? reason) =>
        new($"{Method} {Url} was answered without a '{member}' ({reason ?? "it is not there"}): {Answer}");
}
