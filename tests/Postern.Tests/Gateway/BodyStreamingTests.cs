using System.Net;

namespace Postern.Tests.Gateway;

/// <summary>Alone: what the process holds is measured, and other tests hold things too.</summary>
[CollectionDefinition(nameof(BodyStreamingTests), DisableParallelization = true)]
[Collection(nameof(BodyStreamingTests))]
public sealed class BodyStreamingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_large_body_passes_both_ways_without_being_held()
    {
        const int chunk = 64 * 1024;
        const int chunks = 1024;
        await using var upstream = await UpstreamHost.StartAsync(static async context =>
        {
            var buffer = new byte[chunk];
            long total = 0;
            while (await context.Request.Body.ReadAsync(buffer) is > 0 and var read)
            {
                total += read;
            }

            context.Response.Headers["X-Total"] = total.ToString(System.Globalization.CultureInfo.InvariantCulture);
            for (var index = 0; index < chunks; index++)
            {
                await context.Response.Body.WriteAsync(buffer);
            }
        });
        await using var gateway = await GatewayHost.StartAsync(upstream.Port);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // POST: it makes an event, and still does not hold what is larger than an event may be.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/files") { Content = new RepeatedContent(chunk, chunks) };
        using var answer = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        var received = 0L;
        var peak = 0L;
        var sink = new byte[chunk];
        while (await body.ReadAsync(sink, Cancellation) is > 0 and var count)
        {
            received += count;
            if (received % (8 * 1024 * 1024) < count)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal((long)chunk * chunks, received);
        Assert.Equal(((long)chunk * chunks).ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(answer.Headers.GetValues("X-Total")));
        Assert.InRange(peak, long.MinValue, 16 * 1024 * 1024);
        Assert.Equal("size", Assert.Single(gateway.Store.Staged).Extensions!["dataomitted"]);
    }

    private sealed class RepeatedContent(int size, int count) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var buffer = new byte[size];
            for (var index = 0; index < count; index++)
            {
                await stream.WriteAsync(buffer);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
