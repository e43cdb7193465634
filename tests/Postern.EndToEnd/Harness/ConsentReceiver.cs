using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Postern.EndToEnd.Harness;

/// <summary>A receiver that is asked for its consent, and answers as the last segment of the path says: as it should, or in one of the ways that look like it.</summary>
internal sealed class ConsentReceiver : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentQueue<ConsentCall> calls = new();

    private ConsentReceiver(WebApplication application, string url) => (this.application, Url) = (application, url);

    public string Url { get; }

    /// <summary>Whether <c>/late</c> consents by now.</summary>
    public bool Consents { get; set; }

    public static async Task<ConsentReceiver> StartAsync()
    {
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        var receiver = new ConsentReceiver(builder.Build(), url);
        receiver.application.Run(receiver.AnswerAsync);
        await receiver.application.StartAsync();
        return receiver;
    }

    public IReadOnlyList<ConsentCall> At(string path) => [.. calls.Where(call => call.Path == path)];

    public int Callbacks(string path) => At(path).Count(static call => call.Method == "POST");

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var challenge = request.Query["hub.challenge"].ToString();
        calls.Enqueue(new ConsentCall(request.Method, request.Path, request.QueryString.Value!, request.Headers["WebHook-Request-Origin"].ToString()));
        if (request.Method == "POST")
        {
            response.StatusCode = 204;
            return;
        }

        var text = request.Path.Value switch
        {
            "/good" or "/other" or "/target" => challenge,
            "/late" when Consents => challenge,
            "/white" => challenge + "\n",
            "/part" => challenge[..^1],
            "/query" => request.QueryString.Value!,
            "/more" => challenge + new string('x', 1_000_000),
            "/refusing" => Refuse(response, 404, challenge),
            "/moved" => Move(response, challenge),
            "/consenting" => Allow(response, "gateway.example.com"),
            "/foreign" => Allow(response, "somebody.else.example"),
            _ => "",
        };
        await response.WriteAsync(text);
    }

    private static string Refuse(HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        return text;
    }

    private static string Move(HttpResponse response, string challenge)
    {
        response.Headers.Location = "/target?hub.challenge=" + challenge;
        return Refuse(response, 302, challenge);
    }

    private static string Allow(HttpResponse response, string origin)
    {
        response.Headers["WebHook-Allowed-Origin"] = origin;
        response.Headers["WebHook-Allowed-Rate"] = "6000";
        return Refuse(response, 405, "");
    }
}

internal sealed record ConsentCall(string Method, string Path, string Query, string Origin);
