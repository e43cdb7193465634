using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Postern.Egress.Tunnels;

namespace Postern.Tests.Egress.Tunnels;

/// <summary>When a tunnel ends by itself.</summary>
public sealed class TunnelTests : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly Pipe sending = new();
    private readonly Pipe receiving = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, FreePort.Next());
    private readonly CancellationTokenSource stopping = new();
    private TcpClient near = null!;
    private TcpClient far = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        near.Dispose();
        far.Dispose();
        listener.Dispose();
        stopping.Dispose();
        await sending.Writer.CompleteAsync();
        await receiving.Reader.CompleteAsync();
    }

    [Fact]
    public async Task After_two_minutes_without_a_byte()
    {
        var carrying = await StartAsync();

        Assert.InRange(await SecondsUntilEndAsync(carrying), Tunnel.Idle.TotalSeconds, Tunnel.Idle.TotalSeconds + 60);
    }

    [Fact]
    public async Task When_the_gateway_stops_and_the_last_word_was_the_receivers()
    {
        var carrying = await StartAsync();
        await SayAsync();
        await AnswerAsync();
        await stopping.CancelAsync();

        Assert.InRange(await SecondsUntilEndAsync(carrying), 1, 60);
    }

    [Fact]
    public async Task When_the_gateway_stops_and_nothing_was_ever_said()
    {
        var carrying = await StartAsync();
        await stopping.CancelAsync();

        Assert.InRange(await SecondsUntilEndAsync(carrying), 1, 60);
    }

    [Fact]
    public async Task Not_while_the_receiver_owes_an_answer_although_the_gateway_stops()
    {
        var carrying = await StartAsync();
        await SayAsync();
        await stopping.CancelAsync();

        Assert.InRange(await SecondsUntilEndAsync(carrying), Tunnel.Idle.TotalSeconds, Tunnel.Idle.TotalSeconds + 60);
    }

    [Fact]
    public async Task When_either_side_hangs_up()
    {
        var first = await StartAsync();
        far.Dispose();
        await first;
    }

    private async Task<Task> StartAsync()
    {
        listener.Start();
        near = new TcpClient();
        await near.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Cancellation);
        far = await listener.AcceptTcpClientAsync(Cancellation);
        return new Tunnel(new Node(sending.Reader, receiving.Writer), near.GetStream(), tls: false, time).CarryAsync(static () => true, stopping.Token, Cancellation);
    }

    private async Task SayAsync()
    {
        await sending.Writer.WriteAsync("question"u8.ToArray(), Cancellation);
        await far.GetStream().ReadExactlyAsync(new byte[8], Cancellation);
    }

    private async Task AnswerAsync()
    {
        await far.GetStream().WriteAsync("answer"u8.ToArray(), Cancellation);
        await receiving.Reader.ReadAtLeastAsync(6, Cancellation);
    }

    /// <summary>How far the clock had gone; what follows a tick may come a few ticks late.</summary>
    private async Task<double> SecondsUntilEndAsync(Task carrying)
    {
        var seconds = 0;
        for (; !carrying.IsCompleted && seconds < 1_000; seconds++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(carrying, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation));
        }

        await carrying.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        return seconds;
    }

    private sealed record Node(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
