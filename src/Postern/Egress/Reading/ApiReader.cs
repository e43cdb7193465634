using System.Net;
using Postern.Configuration;
using Postern.Model;

namespace Postern.Egress.Reading;

/// <summary>
/// Asks an API whether a consumer may read something. Its addresses are the operator's own, so they do not pass the guard; a redirect is
/// not followed, no proxy is used, and the body is left unread.
/// </summary>
internal sealed class ApiReader : IDisposable
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpMessageInvoker invoker = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
    });

    private uint turn;

    /// <summary>The answer of the first address that gives any.</summary>
    public async Task<ReadAnswer> AskAsync(ReadTarget target, CancellationToken cancellation)
    {
        var addresses = target.Api.Upstream;
        var first = Interlocked.Increment(ref turn);
        for (var index = 0; index < addresses.Count && !cancellation.IsCancellationRequested; index++)
        {
            try
            {
                using var request = Make(target, addresses[(int)((first + (uint)index) % (uint)addresses.Count)]);
                using var response = await invoker.SendAsync(request, cancellation);
                return ReadTarget.Judge((int)response.StatusCode);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                // Not reached, or late: the next one, as long as there is time.
            }
        }

        return ReadAnswer.Unknown;
    }

    public void Dispose() => invoker.Dispose();

    private static HttpRequestMessage Make(ReadTarget target, string address)
    {
        var method = target.Api.ReadCheck!.Method == ReadMethod.Get ? HttpMethod.Get : HttpMethod.Head;
        var request = new HttpRequestMessage(method, new Uri(address.TrimEnd('/') + target.Path, AsWritten));
        request.Headers.UserAgent.Add(EgressAgent.Name);
        if (target.Consumer != Consumer.Anonymous.Name)
        {
            request.Headers.Add(target.Header, Uri.EscapeDataString(target.Consumer));
        }

        return request;
    }
}
