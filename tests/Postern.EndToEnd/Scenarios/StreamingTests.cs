using System.Net.WebSockets;
using System.Text.Json;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class StreamingTests
{
    private const long GiB = 1024 * 1024 * 1024;

    /// <summary>A third of what goes through in one call: a proxy that keeps bodies in memory is far above it.</summary>
    private const int MostMemoryMiB = 300;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_download_of_1_GiB_goes_through_with_flat_memory()
    {
        await using var house = await House.StartAsync();

        using var answer = await house.Gateway.Client.Http.GetAsync($"/download?bytes={GiB}", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal(GiB, await CountAsync(await answer.Content.ReadAsStreamAsync(Cancellation)));

        house.AssertFlatMemory();
    }

    [Theory]
    [InlineData("resources: { /orders: {} }")]
    [InlineData("resources: { /upload: {} }")]
    public async Task An_upload_of_1_GiB_goes_through_with_flat_memory_also_where_changes_are_captured(string resources)
    {
        await using var house = await House.StartAsync(resources);

        using var answer = await house.Gateway.Client.Http.PostAsync("/upload", new EndlessContent(GiB), Cancellation);

        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(GiB, json.RootElement.GetProperty("bytes").GetInt64());
        house.AssertFlatMemory();
    }

    [Fact]
    public async Task A_web_socket_echoes_through_the_gateway()
    {
        await using var house = await House.StartAsync();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(house.Gateway.Url.Replace("http:", "ws:", StringComparison.Ordinal) + "/echo"), Cancellation);

        var sent = new byte[100_000];
        Random.Shared.NextBytes(sent);
        for (var round = 0; round < 50; round++)
        {
            await socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
            Assert.Equal(sent, await ReceiveAsync(socket));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Server_sent_events_arrive_one_by_one_as_they_are_sent()
    {
        await using var house = await House.StartAsync();
        house.Upstream.Events.Writer.TryWrite("0");
        await using var stream = await house.Gateway.Client.Http.GetStreamAsync("/sse", Cancellation);
        using var reader = new StreamReader(stream);

        // The next one is sent only after this one has arrived: a proxy that waits for more would wait for ever.
        for (var number = 0; number < 20; number++)
        {
            Assert.Equal($"data: {number}", await reader.ReadLineAsync(Cancellation));
            Assert.Equal("", await reader.ReadLineAsync(Cancellation));
            house.Upstream.Events.Writer.TryWrite($"{number + 1}");
        }
    }

    [Fact]
    public async Task The_head_of_an_event_stream_arrives_before_its_first_event()
    {
        await using var house = await House.StartAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(10));

        // No event is ever sent: a browser's EventSource is open as soon as the head is there.
        using var answer = await house.Gateway.Client.Http.GetAsync("/sse", HttpCompletionOption.ResponseHeadersRead, patience.Token);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<long> CountAsync(Stream stream)
    {
        var (total, buffer) = (0L, new byte[64 * 1024]);
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; total += read)
        {
        }

        return total;
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, Cancellation);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }

    private sealed class House : IAsyncDisposable
    {
        private readonly ScratchDirectory scratch = new();

        public StreamUpstream Upstream { get; private set; } = null!;

        public RunningGateway Gateway { get; private set; } = null!;

        public static async Task<House> StartAsync(string api = "")
        {
            Requires.Linux();
            var house = new House { Upstream = await StreamUpstream.StartAsync() };
            house.Gateway = await RunningGateway.StartAsync(new GatewaySetup { Upstream = house.Upstream.Url, Data = house.scratch.File("data"), Api = api });
            return house;
        }

        public void AssertFlatMemory() =>
            Assert.True(Gateway.PeakMemoryMiB() < MostMemoryMiB, $"The gateway has had {Gateway.PeakMemoryMiB()} MiB.");

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Upstream.DisposeAsync();
            scratch.Dispose();
        }
    }

    private sealed class EndlessContent(long bytes) : HttpContent
    {
        private static readonly byte[] Block = new byte[64 * 1024];

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var left = bytes; left > 0; left -= Block.Length)
            {
                await stream.WriteAsync(Block.AsMemory(0, (int)Math.Min(left, Block.Length)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes;
            return true;
        }
    }
}
