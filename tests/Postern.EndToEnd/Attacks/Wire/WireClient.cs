using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.EndToEnd.Attacks.Wire;

/// <summary>A caller on a bare socket.</summary>
internal static class WireClient
{
    // Longer than any time limit of the gateway: what is not over by then hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends everything at once and hears what comes until the other side closes.</summary>
    /// <param name="ends">Whether it says at once that nothing more will come.</param>
    /// <returns>What came; null when the other side did not close.</returns>
    public static async Task<string?> TalkAsync(int port, string wire, bool ends)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var (heard, buffer) = (new StringBuilder(), new byte[16 * 1024]);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), patience.Token);
            await socket.SendAsync(Encoding.Latin1.GetBytes(wire), patience.Token);
            if (ends)
            {
                socket.Shutdown(SocketShutdown.Send);
            }

            while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var count)
            {
                heard.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // A reset is a way to close.
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return null;
        }

        return heard.ToString();
    }
}
