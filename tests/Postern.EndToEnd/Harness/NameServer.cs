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
    private readonly ConcurrentDictionary<(string Name, int Type), int> questions = new();
    private readonly Task answering;

    public NameServer(NetworkNamespace? network = null)
    {
        // An address of its own on the loopback: whatever resolver this machine has keeps its port.
        Address = new IPAddress([127, 0, 1, (byte)Random.Shared.Next(2, 250)]);
        var endpoint = new IPEndPoint(Address, 53);
        socket = network is null ? new UdpClient(endpoint) : network.Inside(() => new UdpClient(endpoint));
        answering = AnswerAsync();
    }

    public IPAddress Address { get; }

    /// <summary>What a resolver is configured with: one try of one second.</summary>
    public string ResolvConf => $"nameserver {Address}\noptions timeout:1 attempts:1\n";

    public void Set(string name, NameAnswer answer) => names[name] = answer;

    /// <summary>How often it was asked for a name, each address family counted for itself.</summary>
    public int Questions(string name) => questions.Where(asked => asked.Key.Name == name).Sum(static asked => asked.Value);

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
        var asked = questions.AddOrUpdate((name, type), 1, static (_, before) => before + 1);
        var answer = names.GetValueOrDefault(name, NameAnswer.NoSuchName);
        answer = asked > 1 ? answer.Then ?? answer : answer;
        if (answer.IsSilent)
        {
            return null;
        }

        // The name by reference, or that of what it stands for.
        byte[] owner = [0xC0, 12];
        var records = new List<byte>();
        var count = 0;
        if (answer.Alias is { } alias)
        {
            byte[] target = [.. alias.Split('.').SelectMany(static label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
            Add(5, target);
            owner = target;
        }

        foreach (var address in answer.Addresses.Where(address => type == (address.AddressFamily == AddressFamily.InterNetwork ? 1 : 28)))
        {
            Add(type, address.GetAddressBytes());
        }

        return
        [
            // QR, AA, RD as asked; TC where cut off; RA and the code.
            question[0], question[1], (byte)(0x84 | (answer.IsTruncated ? 0x02 : 0) | (question[2] & 0x01)), (byte)(0x80 | answer.Code),
            0, 1, 0, (byte)count, 0, 0, 0, 0,
            .. question[12..(end + 4)],
            .. records,
        ];

        // IN, a lifetime of zero.
        void Add(ushort kind, byte[] data)
        {
            count++;
            records.AddRange([.. owner, 0, (byte)kind, 0, 1, 0, 0, 0, 0, 0, (byte)data.Length, .. data]);
        }
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

/// <param name="Addresses">Of both families; a question gets those of its own.</param>
/// <param name="Code">0, or 2 for SERVFAIL, 3 for NXDOMAIN.</param>
internal sealed record NameAnswer(IReadOnlyList<IPAddress> Addresses, int Code = 0, bool IsSilent = false, bool IsTruncated = false)
{
    public static NameAnswer NoSuchName { get; } = new([], Code: 3);

    public static NameAnswer ServerFailure { get; } = new([], Code: 2);

    public static NameAnswer Silence { get; } = new([], IsSilent: true);

    /// <summary>Cut off: the rest is to be had by TCP, where nobody listens.</summary>
    public static NameAnswer Truncated { get; } = new([], IsTruncated: true);

    /// <summary>Another name that it stands for, which the addresses are of.</summary>
    public string? Alias { get; init; }

    /// <summary>What is answered from the second question on; null: the same.</summary>
    public NameAnswer? Then { get; init; }

    public static NameAnswer At(params IEnumerable<string> addresses) => new([.. addresses.Select(IPAddress.Parse)]);
}
