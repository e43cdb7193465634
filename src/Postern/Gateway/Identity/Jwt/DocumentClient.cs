using System.Net;
using System.Text;
using Postern.Egress;

namespace Postern.Gateway.Identity.Jwt;

/// <summary>Gets what issuers publish, through the egress guard: their addresses are configured, those that they name are not.</summary>
internal sealed class DocumentClient(EgressClient egress)
{
    /// <summary>Far more than any set of keys.</summary>
    private const int MaxBytes = 256 * 1024;

    public async Task<string> FetchAsync(Uri address, CancellationToken cancellation)
    {
        using var request = new EgressRequest(HttpMethod.Get, address);
        request.Headers.Add("Accept", "application/json");
        using var response = await egress.SendAsync(request, cancellation);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new IOException($"{address} answered {(int)response.StatusCode}.");
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MaxBytes + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return length <= MaxBytes
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw new IOException($"{address} answered with more than {MaxBytes} bytes.");
    }
}
