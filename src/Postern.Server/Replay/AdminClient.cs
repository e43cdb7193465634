using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Server.Replay;

/// <summary>The admin port of a running node, for the commands that ask it something.</summary>
internal sealed class AdminClient(Uri admin, string? token) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // It dials the port that the operator names and nothing else, so the egress dialler has no say in it.
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    /// <exception cref="AdminException">It could not be asked, or refused.</exception>
    public async Task<JsonNode> CallAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(admin, path));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var response = await client.SendAsync(request, limit.Token);
            var answer = Read(await response.Content.ReadAsStringAsync(limit.Token));
            return response.IsSuccessStatusCode ? answer ?? throw NotPostern() : throw new AdminException(Explain((int)response.StatusCode, answer));
        }
        catch (HttpRequestException exception)
        {
            throw new AdminException(
                $"The admin port {admin} does not answer: {(exception.InnerException ?? exception).Message}. "
                + "Is Postern running there? Name its admin.listen with --admin URL.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new AdminException($"The admin port {admin} did not answer within {Patience.TotalSeconds} seconds.", exception);
        }
    }

    public void Dispose() => client.Dispose();

    private static JsonNode? Read(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string Explain(int status, JsonNode? problem) => status switch
    {
        401 => $"The admin port {admin} wants its token (admin.token): give it with --token, or in POSTERN_ADMIN_TOKEN.",
        _ when (string?)problem?["detail"] is { } detail => $"The admin port refused ({status}): {detail}",
        _ => NotPostern().Message,
    };

    private AdminException NotPostern() => new($"What answers at {admin} is not the admin port of a Postern that can replay: name its admin.listen with --admin URL.");
}

/// <summary>What an operator is told in one line.</summary>
internal sealed class AdminException(string message, Exception? inner = null) : Exception(message, inner);
