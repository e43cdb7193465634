using System.Net.Sockets;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>What a machine has is used up: the program sheds load, lives on, and recovers by itself.</summary>
public sealed class ExhaustionTests
{
    private const int Descriptors = 600;

    [Fact]
    public async Task With_more_connections_than_file_descriptors_it_closes_what_is_too_much_and_serves_the_others()
    {
        Requires.Linux();
        Requires.Tool("prlimit");
        await using var load = await LoadedGateway.StartAsync(endpoints: 4, callbacks: "concurrency: 16", launch: new Launch { Prefix = ["prlimit", $"--nofile={Descriptors}:{Descriptors}"] });
        await load.Producer.PublishAsync(first: 0, 200);
        await load.AssertNothingLostAsync(mostDuplicates: 0);

        var idle = new List<Socket>();
        try
        {
            var gateway = new Uri(load.Gateway.Url);
            for (var number = 0; number < 1_000; number++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(gateway.Host, gateway.Port, TestContext.Current.CancellationToken);
            }

            // Those that are one too many are told so and closed at once: nobody waits for nothing.
            await Eventually.TrueAsync(() => idle.Count(IsClosed) >= 1_000 - Descriptors / 2, () => $"{idle.Count(IsClosed)} of 1,000 connections closed");
            // Who was connected before is served, and callbacks go out.
            await load.Producer.PublishAsync(first: 200, 200);
            await load.AssertNothingLostAsync(mostDuplicates: 0);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }

        Assert.False(load.Gateway.HasExited, load.Gateway.Log);
        await load.Producer.PublishAsync(first: 200, 200);
        Assert.Equal(400, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }

    [Fact]
    public async Task With_two_threads_in_the_pool_everything_is_delivered()
    {
        await using var load = await LoadedGateway.StartAsync(endpoints: 4, launch: new Launch
        {
            Environment = new Dictionary<string, string> { ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "2", ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "2" },
        });
        await load.Producer.PublishAsync(first: 0, 2_000);
        Assert.Equal(2_000, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }

    [Fact]
    public async Task With_no_port_left_for_callbacks_they_are_retried()
    {
        Requires.Linux();
        Requires.Tool("strace", "-V");
        await using var load = await LoadedGateway.StartAsync(endpoints: 2);
        load.Receiver.Closes = true;
        await using (var exhausted = await Strace.AttachAsync(load.Gateway.ProcessId, "connect:error=EADDRNOTAVAIL", load.Scratch))
        {
            await load.Producer.PublishAsync(first: 0, 100);
            await Eventually.TrueAsync(() => exhausted.Count >= 10, () => $"{exhausted.Count} refused connections");
            Assert.Equal(0, load.Receiver.Count);
        }

        Assert.Equal(100, load.Producer.AcknowledgedCount);
        await load.AssertNothingLostAsync(mostDuplicates: 0);
    }

    /// <summary>Whether the stream has ended, with or without a word before.</summary>
    private static bool IsClosed(Socket socket)
    {
        Span<byte> told = stackalloc byte[512];
        while (socket.Poll(0, SelectMode.SelectRead))
        {
            if (socket.Receive(told, SocketFlags.None, out var error) == 0 || error != SocketError.Success)
            {
                return true;
            }
        }

        return false;
    }
}
