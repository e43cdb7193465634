using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Postern.Server.CrashTest;

namespace Postern.Tests.CrashTest;

/// <summary>What the receiver writes down.</summary>
public sealed class ReceiverTests : IAsyncDisposable
{
    private static readonly byte[] Key = new byte[32];
    private readonly DirectoryInfo scratch = Directory.CreateTempSubdirectory("postern-receiver-");
    private readonly NodeFiles files;
    private readonly Journal receipts;

    public ReceiverTests()
    {
        files = new NodeFiles(scratch.FullName, null, Random.Shared);
        receipts = Journal.Collected(files.Receipts);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-9, true)]
    public async Task An_answer_after_the_gateways_timeout_is_marked(int seconds, bool late)
    {
        await using var receiver = await Receiver.StartAsync(files, receipts, TimeProvider.System, TestContext.Current.CancellationToken);
        receiver.Expect(0, Key, isCounted: false);
        // To its end: one that is closed before the receiver has ended the answer has given up.
        using (var socket = await SendAsync(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds))
        {
            using var answer = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
            Assert.StartsWith("HTTP/1.1 204", await answer.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await receiver.RestAsync();
        receipts.Dispose();

        var receipt = Assert.Single(Journal.Read(files.Receipts));
        Assert.Equal((true, late), (receipt.Marks.HasFlag(Marks.Signed | Marks.Accepted), receipt.Marks.HasFlag(Marks.GivenUp)));
    }

    public ValueTask DisposeAsync()
    {
        receipts.Dispose();
        files.Dispose();
        scratch.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<Socket> SendAsync(long signedAt)
    {
        const string Body = "{}";
        var address = new Uri(files.Endpoints[(int)EndpointKind.Steady]);
        var at = signedAt.ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes($"one.{at}.{Body}")));
        var request =
            $"POST /s/0 HTTP/1.1\r\nHost: {address.Authority}\r\nwebhook-id: one\r\nwebhook-timestamp: {at}\r\nwebhook-signature: v1,{signature}\r\n"
            + $"Connection: close\r\nContent-Length: {Body.Length}\r\n\r\n{Body}";
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        return socket;
    }
}
