using System.Net.Sockets;
using System.Text;
using Postern.Callbacks.Lanes;
using Postern.Callbacks.Outcomes;
using Postern.Configuration;
using Postern.Model;
using Postern.Model.Retries;

namespace Postern.Tests.Callbacks;

/// <summary>A receiver may do what it likes: each attempt ends in bounds, is sorted, and the next endpoint does not notice.</summary>
public sealed class HostileReceiverTests
{
    private static readonly CallbacksConfiguration Short = new()
    {
        Timeout = TimeSpan.FromSeconds(1), Retry = new RetrySettings { Schedule = [TimeSpan.Zero, TimeSpan.FromHours(1)], Jitter = 0 },
    };

    public static TheoryData<string, string> Failures => new()
    {
        { "endless-headers", "headers are larger" },
        { "one-endless-header", "headers are larger" },
        { "informational-flood", "headers are larger" },
        { "drip-headers", "before the deadline" },
        { "silence", "before the deadline" },
        { "reset", "connection was" },
        { "close", "connection was closed" },
        { "garbage", "not valid HTTP" },
        { "tls-bytes", "not valid HTTP" },
        { "ssh-banner", "not valid HTTP" },
        { "redirect-301", "Redirects are not followed" },
        { "redirect-307", "Redirects are not followed" },
        { "status-999", "999, which is no HTTP status" },
        { "status-099", "099, which is no HTTP status" },
        { "status-500", "answered 500." },
        { "endless-error-body", "answered 500." },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_hostile_answer_is_a_failure_that_says_why(string behaviour, string error)
    {
        await using var receiver = new RawReceiver((stream, _, cancellation) => Behave(behaviour, stream, cancellation));
        await using var rig = new CallbackRig(Short);
        await rig.StartAsync();

        await rig.CallAsync(rig.Subscribe(receiver.Url));

        var result = Assert.Single(await rig.ResultsAsync(1));
        Assert.IsType<CallbackOutcome.RetryAt>(result.Outcome);
        Assert.Contains(error, result.Attempt!.Error, StringComparison.Ordinal);
        Assert.Equal($"127.0.0.1:{receiver.Port}", result.Attempt.Address);
        Assert.True(result.Attempt.Response.Length <= 4096);
        Assert.Single(receiver.Requests);
        await Until.TrueAsync(() => rig.Get<EndpointLanes>().InFlight == 0);

        await using var good = RawReceiver.Answering(204);
        await rig.CallAsync(rig.Subscribe(good.Url));
        Assert.IsType<CallbackOutcome.Delivered>((await rig.ResultsAsync(2))[1].Outcome);
    }

    [Theory]
    [InlineData("endless-chunked-body")]
    [InlineData("endless-body")]
    [InlineData("drip-body")]
    [InlineData("short-body")]
    [InlineData("gzip-bomb")]
    [InlineData("duplicate-length")]
    [InlineData("length-and-chunked")]
    [InlineData("informational-first")]
    [InlineData("split-response")]
    public async Task A_success_status_is_a_success_whatever_the_body_does(string behaviour)
    {
        await using var receiver = new RawReceiver((stream, _, cancellation) => Behave(behaviour, stream, cancellation));
        await using var rig = new CallbackRig(Short);
        await rig.StartAsync();

        await rig.CallAsync(rig.Subscribe(receiver.Url));

        var result = Assert.Single(await rig.ResultsAsync(1));
        Assert.IsType<CallbackOutcome.Delivered>(result.Outcome);
        Assert.Null(result.Attempt!.Error);
        Assert.True(result.Attempt.Response.Length <= 4096);
        Assert.Equal(0, rig.Store.Owed);
    }

    [Fact]
    public async Task An_answer_before_the_whole_request_was_read_counts()
    {
        var port = FreePort.Next();
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, port);
        listener.Start();
        await using var rig = new CallbackRig(Short);
        await rig.StartAsync();
        await rig.CallAsync(rig.Subscribe($"http://127.0.0.1:{port}/hook"));

        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("HTTP/1.1 413 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal(413, Assert.Single(await rig.ResultsAsync(1)).Attempt!.Status);
    }

    [Fact]
    public async Task A_response_left_over_on_a_connection_answers_no_later_callback()
    {
        await using var receiver = new RawReceiver((stream, _, cancellation) => Behave("split-response", stream, cancellation));
        await using var rig = new CallbackRig(Short);
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);

        for (var call = 1; call <= 3; call++)
        {
            await rig.CallAsync(subscription);
            await rig.ResultsAsync(call);
        }

        Assert.All(rig.Store.Results, result => Assert.NotEqual(299, result.Attempt!.Status));
    }

    [Fact]
    public async Task The_first_four_kibibytes_of_a_response_are_kept()
    {
        var body = new string('x', 5000);
        await using var receiver = RawReceiver.Answering($"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{body}");
        await using var rig = new CallbackRig(Short);
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);

        await rig.CallAsync(subscription);
        await rig.ResultsAsync(1);
        await rig.CallAsync(subscription);

        Assert.All(await rig.ResultsAsync(2), result => Assert.Equal(body[..4096], Encoding.ASCII.GetString(result.Attempt!.Response.Span)));
        Assert.Equal(1, receiver.Connections);
    }

    private static async Task Behave(string behaviour, NetworkStream stream, CancellationToken cancellation)
    {
        switch (behaviour)
        {
            case "endless-headers":
                await Write(stream, "HTTP/1.1 200 OK\r\n", cancellation);
                await Forever(stream, "X-Filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n", cancellation);
                break;
            case "one-endless-header":
                await Write(stream, "HTTP/1.1 200 OK\r\nX-Filler: ", cancellation);
                await Forever(stream, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", cancellation);
                break;
            case "informational-flood":
                await Forever(stream, "HTTP/1.1 102 Processing\r\nX-Filler: yyyyyyyyyyyyyyyyyyyyy\r\n\r\n", cancellation);
                break;
            case "drip-headers":
                await Write(stream, "HTTP/1.1 200 OK\r\nX-Drip: ", cancellation);
                await Drip(stream, cancellation);
                break;
            case "silence":
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
                break;
            case "reset":
                stream.Socket.LingerState = new LingerOption(true, 0);
                stream.Close();
                break;
            case "close":
                stream.Socket.Shutdown(SocketShutdown.Both);
                break;
            case "garbage":
                await Write(stream, "\u0001\u0002\u0003 what is this\r\n\r\n\r\n", cancellation);
                break;
            case "tls-bytes":
                await Write(stream, "\u0015\u0003\u0003\u0000\u0002\u0002\u000a\r\n\r\n", cancellation);
                stream.Close();
                break;
            case "ssh-banner":
                await Write(stream, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n", cancellation);
                break;
            case "redirect-301":
                await Write(stream, "HTTP/1.1 301 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", cancellation);
                break;
            case "redirect-307":
                await Write(stream, "HTTP/1.1 307 X\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", cancellation);
                break;
            case "status-999":
                await Write(stream, "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n", cancellation);
                break;
            case "status-099":
                await Write(stream, "HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n", cancellation);
                break;
            case "status-500":
                await Write(stream, "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", cancellation);
                break;
            case "endless-error-body":
                await Write(stream, "HTTP/1.1 500 X\r\n\r\n", cancellation);
                await Forever(stream, new string('y', 4096), cancellation);
                break;
            case "endless-chunked-body":
                await Write(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", cancellation);
                await Forever(stream, "10\r\nyyyyyyyyyyyyyyyy\r\n", cancellation);
                break;
            case "endless-body":
                await Write(stream, "HTTP/1.1 200 OK\r\n\r\n", cancellation);
                await Forever(stream, new string('y', 4096), cancellation);
                break;
            case "drip-body":
                await Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", cancellation);
                await Drip(stream, cancellation);
                break;
            case "short-body":
                await Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", cancellation);
                stream.Close();
                break;
            case "gzip-bomb":
                await Write(stream, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\u001f\u008b\u0008aaaaaaaaaaaaaaaaa", cancellation);
                break;
            case "duplicate-length":
                await Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n", cancellation);
                break;
            case "length-and-chunked":
                await Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", cancellation);
                break;
            case "informational-first":
                await Write(stream, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", cancellation);
                break;
            case "split-response":
                await Write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 299 Smuggled\r\nContent-Length: 0\r\n\r\n", cancellation);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(behaviour), behaviour, "No such behaviour.");
        }
    }

    private static ValueTask Write(NetworkStream stream, string text, CancellationToken cancellation) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellation);

    private static async Task Forever(NetworkStream stream, string text, CancellationToken cancellation)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        while (true)
        {
            await stream.WriteAsync(bytes, cancellation);
        }
    }

    private static async Task Drip(NetworkStream stream, CancellationToken cancellation)
    {
        while (true)
        {
            await Write(stream, "y", cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        }
    }
}
