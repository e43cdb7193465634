using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Configuration;
using Postern.Egress;
using Postern.Gateway.Identity.Jwt;
using Postern.Monitoring;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Gateway.Identity;

public sealed class DocumentClientTests : IDisposable
{
    private const int Most = 256 * 1024;

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<PosternMeter>().BuildServiceProvider();

    public void Dispose() => services.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Most)]
    public async Task A_document_comes_as_it_is(int length)
    {
        var document = new string('x', length);
        await using var issuer = Answering("200 OK", document);

        Assert.Equal(document, await FetchAsync(issuer));
        Assert.StartsWith("GET /hook HTTP/1.1\r\n", Assert.Single(issuer.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("204 No Content", "")]
    [InlineData("203 Non-Authoritative", "{}")]
    [InlineData("404 Not Found", "{}")]
    [InlineData("500 Internal Server Error", "{}")]
    public async Task What_is_not_there_is_no_document(string status, string body)
    {
        await using var issuer = Answering(status, body);

        await Assert.ThrowsAsync<IOException>(() => FetchAsync(issuer));
    }

    [Fact]
    public async Task Nobody_is_sent_on()
    {
        await using var other = Answering("200 OK", "{}");
        await using var issuer = RawReceiver.Answering(302, $"Location: {other.Url}\r\n");

        await Assert.ThrowsAsync<IOException>(() => FetchAsync(issuer));
        Assert.Equal(0, other.Connections);
    }

    [Fact]
    public async Task A_document_that_is_too_large_is_left_off()
    {
        await using var issuer = Answering("200 OK", new string('x', Most + 1));

        Assert.Contains("more than", (await Assert.ThrowsAsync<IOException>(() => FetchAsync(issuer))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_without_an_end_is_left_off()
    {
        await using var issuer = new RawReceiver(static async (stream, _, cancellation) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), cancellation);
            var chunk = Encoding.ASCII.GetBytes($"1000\r\n{new string('x', 4096)}\r\n");
            while (true)
            {
                await stream.WriteAsync(chunk, cancellation);
            }
        });

        Assert.Contains("more than", (await Assert.ThrowsAsync<IOException>(() => FetchAsync(issuer))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_not_allowed_is_not_called()
    {
        await using var issuer = Answering("200 OK", "{}");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => FetchAsync(issuer, allow: "10.0.0.0/8"));
        Assert.Equal(0, issuer.Connections);
    }

    private static RawReceiver Answering(string status, string body) => RawReceiver.Answering($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private async Task<string> FetchAsync(RawReceiver issuer, string allow = "127.0.0.0/8")
    {
        var live = new LiveConfiguration(new PosternConfiguration { Egress = new EgressConfiguration { Allow = [allow] } });
        using var client = new EgressClient(live, static (_, _) => Task.FromResult<IPAddress[]>([]), services.GetRequiredService<PosternMeter>(), TimeProvider.System, NullLogger<EgressDialler>.Instance);
        return await new DocumentClient(client).FetchAsync(new Uri(issuer.Url), TestContext.Current.CancellationToken);
    }
}
