using System.Net.Sockets;
using System.Text;

namespace Postern.Tests.Gateway;

/// <summary>Sends bytes as they are and gives back all that comes until the other side closes.</summary>
internal static class RawClient
{
    /// <param name="ends">Whether it says at once that nothing more will come.</param>
    public static async Task<string> SendAsync(int port, string request, bool ends = false)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync("127.0.0.1", port, deadline.Token);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), deadline.Token);
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            if (ends)
            {
                socket.Shutdown(SocketShutdown.Send);
            }

            while (await socket.ReceiveAsync(buffer, deadline.Token) is > 0 and var count)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // A reset ends the answer as a close does.
        }

        return answer.ToString();
    }
}
