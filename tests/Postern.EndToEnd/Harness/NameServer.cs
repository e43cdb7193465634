using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.EndToEnd.Harness;

/// <summary>A name server (RFC 1035) that answers as a scenario wants, over UDP, and what is large over TCP; resolvers only ask on port 53, so it needs root.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private readonly UdpClient socket;
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, NameAnswer> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<(string Name, int Type), int> questions = new();
    private readonly Task answering;
    private readonly Task listening;

    public NameServer(NetworkNamespace? network = null)
    {
        // An address of its own on the loopback: whatever resolver this machine has keeps its port.
        Address = new IPAddress([127, 0, 1, (byte)Random.Shared.Next(2, 250)]);
        var endpoint = new IPEndPoint(Address, 53);
        (socket, listener) = network is null ? Bind(endpoint) : network.Inside(() => Bind(endpoint));
        answering = AnswerAsync();
        listening = listener.ServeAllAsync(ServeAsync, stop.Token);
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
        await Task.WhenAll(answering, listening);
        socket.Dispose();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var question = await socket.ReceiveAsync(stop.Token);
                if (Answer(question.Buffer, isWhole: false) is { } answer)
                {
                    _ = SendAsync(answer.Message, answer.Late, question.RemoteEndPoint);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task SendAsync(byte[] message, TimeSpan late, IPEndPoint resolver)
    {
        try
        {
            await Task.Delay(late, stop.Token);
            await socket.SendAsync(message, resolver, stop.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The resolver has gone, or the scenario is over.
        }
    }

    /// <summary>Answers all questions of a connection: for both families a resolver asks on one.</summary>
    private async Task ServeAsync(Socket asked)
    {
        try
        {
            using var stream = new NetworkStream(asked, ownsSocket: true);
            var length = new byte[2];
            while (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, stop.Token) == 2)
            {
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(question, stop.Token);
                if (Answer(question, isWhole: true) is not { } answer)
                {
                    return;
                }

                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Message.Length);
                await stream.WriteAsync((byte[])[.. length, .. answer.Message], stop.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The resolver has gone, or the scenario is over.
        }
    }

    private static (UdpClient, TcpListener) Bind(IPEndPoint endpoint)
    {
        var listener = new TcpListener(endpoint);
        listener.Start(backlog: 256);
        return (new UdpClient(endpoint), listener);
    }

    private (byte[] Message, TimeSpan Late)? Answer(byte[] question, bool isWhole)
    {
        var (name, end) = ReadName(question);
        var type = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(end));
        var asked = questions.AddOrUpdate((name, type), 1, static (_, before) => before + 1);
        var answer = names.GetValueOrDefault(name, NameAnswer.NoSuchName);
        answer = asked > 1 ? answer.Then ?? answer : answer;
        if (answer.IsSilent || (isWhole && answer.IsTruncated))
        {
            return null;
        }

        var isCut = answer.IsTruncated || (answer.IsLarge && !isWhole);

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

        foreach (var address in answer.Addresses.Where(address => !isCut && type == (address.AddressFamily == AddressFamily.InterNetwork ? 1 : 28)))
        {
            Add(type, address.GetAddressBytes());
        }

        byte[] message =
        [
            // QR, AA, RD as asked; TC where cut off; RA and the code.
            question[0], question[1], (byte)(0x84 | (isCut ? 0x02 : 0) | (question[2] & 0x01)), (byte)(0x80 | answer.Code),
            0, 1, (byte)(count >> 8), (byte)count, 0, 0, 0, 0,
            .. question[12..(end + 4)],
            .. records,
        ];
        return (message, answer.Late);

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

    /// <summary>Cut off: the rest is to be had by TCP, where nobody answers.</summary>
    public static NameAnswer Truncated { get; } = new([], IsTruncated: true);

    /// <summary>More than a packet holds: by UDP it is cut off, by TCP it is whole.</summary>
    public bool IsLarge { get; init; }

    /// <summary>How long it is waited with.</summary>
    public TimeSpan Late { get; init; }

    /// <summary>Another name that it stands for, which the addresses are of.</summary>
    public string? Alias { get; init; }

    /// <summary>What is answered from the second question on; null: the same.</summary>
    public NameAnswer? Then { get; init; }

    public static NameAnswer At(params IEnumerable<string> addresses) => new([.. addresses.Select(IPAddress.Parse)]);
}
