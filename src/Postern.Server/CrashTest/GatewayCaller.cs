using System.Net.Http.Headers;
using System.Text;

namespace Postern.Server.CrashTest;

/// <summary>A client of the node under test, which may be gone at any moment.</summary>
internal sealed class GatewayCaller(string address) : IDisposable
{
    // It dials the node under test on this machine and nothing else, so the egress dialler has no say in it.
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    });

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The status and body of the answer; null when none came, and nothing is known about the call.</summary>
    /// <param name="once">The <c>Idempotency-Key</c>; null: none.</param>
    public async Task<Answer?> CallAsync(
        HttpMethod method, string path, string? body = null, string contentType = "application/json", string? consumer = null, string? once = null, CancellationToken cancellation = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        using var request = new HttpRequestMessage(method, address + path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        if (consumer is not null)
        {
            request.Headers.Add("X-API-Key", NodeFiles.KeyOf(consumer));
        }

        if (once is not null)
        {
            request.Headers.Add("Idempotency-Key", $"\"{once}\"");
        }

        try
        {
            using var response = await client.SendAsync(request, deadline.Token);
            return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(deadline.Token));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }

    public void Dispose() => client.Dispose();
}

internal readonly record struct Answer(int Status, string Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}
