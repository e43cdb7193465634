using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.EndToEnd.Harness;

/// <summary>A name server (RFC 1035) over UDP that answers as a scenario wants; resolvers only ask on port 53, so it needs root.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private readonly UdpClient socket;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, NameAnswer> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, int> questions = new(StringComparer.OrdinalIgnoreCase);
    private readonly Task answering;

    public NameServer()
    {
        // An address of its own on the loopback: whatever resolver this machine has keeps its port.
        Address = new IPAddress([127, 0, 1, (byte)Random.Shared.Next(2, 250)]);
        socket = new UdpClient(new IPEndPoint(Address, 53));
        answering = AnswerAsync();
    }

    public IPAddress Address { get; }

    /// <summary>What a resolver is configured with: one try of one second.</summary>
    public string ResolvConf => $"nameserver {Address}\noptions timeout:1 attempts:1\n";

    public void Set(string name, NameAnswer answer) => names[name] = answer;

    public int Questions(string name) => questions.GetValueOrDefault(name);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await answering;
        socket.Dispose();
        stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var question = await socket.ReceiveAsync(stop.Token);
                if (Answer(question.Buffer) is { } answer)
                {
                    await socket.SendAsync(answer, question.RemoteEndPoint, stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private byte[]? Answer(byte[] question)
    {
        var (name, end) = ReadName(question);
        var type = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(end));
        questions.AddOrUpdate(name, 1, (_, count) => count + 1);
        var answer = names.GetValueOrDefault(name, NameAnswer.NoSuchName);
        if (answer.IsSilent)
        {
            return null;
        }

        var address = type == 1 ? answer.Address : null;
        var message = new List<byte>(question[..(end + 4)])
        {
            // QR, AA, RD as asked; TC where cut off; RA and the code.
            [2] = (byte)(0x84 | (answer.IsTruncated ? 0x02 : 0) | (question[2] & 0x01)),
            [3] = (byte)(0x80 | answer.Code),
            [6] = 0, [7] = (byte)(address is null ? 0 : 1), [8] = 0, [9] = 0, [10] = 0, [11] = 0,
        };
        if (address is not null)
        {
            // The name by reference, A, IN, a lifetime of zero, four bytes.
            message.AddRange([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, .. address.GetAddressBytes()]);
        }

        return [.. message];
    }

    private static (string Name, int End) ReadName(byte[] message)
    {
        var name = new StringBuilder();
        var place = 12;
        while (message[place] is > 0 and var length)
        {
            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(message, place + 1, length));
            place += length + 1;
        }

        return (name.ToString(), place + 1);
    }
}

/// <param name="Code">0, or 2 for SERVFAIL, 3 for NXDOMAIN.</param>
internal sealed record NameAnswer(IPAddress? Address, int Code = 0, bool IsSilent = false, bool IsTruncated = false)
{
    public static NameAnswer NoSuchName { get; } = new(null, Code: 3);

    public static NameAnswer ServerFailure { get; } = new(null, Code: 2);

    public static NameAnswer Silence { get; } = new(null, IsSilent: true);

    /// <summary>Cut off: the rest is to be had by TCP, where nobody listens.</summary>
    public static NameAnswer Truncated { get; } = new(null, IsTruncated: true);

    public static NameAnswer At(string address) => new(IPAddress.Parse(address));
}
