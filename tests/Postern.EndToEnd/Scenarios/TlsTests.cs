using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class TlsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2.0", "h2")]
    [InlineData("1.1", "http/1.1")]
    public async Task A_call_in_either_version_reaches_the_upstream_and_says_that_it_came_by_https(string version, string alpn)
    {
        await using var house = await House.StartAsync();
        using var request = Call(version, "hello");

        using var answer = await house.Gateway.Client.Http.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode.OK, Version.Parse(version)), (answer.StatusCode, answer.Version));
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Contains("proto=https", Assert.Single(answer.Headers.GetValues("X-Seen")), StringComparison.Ordinal);
        await using var tls = await house.HandshakeAsync(new SslApplicationProtocol(alpn));
        Assert.Equal((alpn, true), (tls.NegotiatedApplicationProtocol.ToString(), tls.SslProtocol >= SslProtocols.Tls12));
    }

    [Fact]
    public async Task The_admin_port_answers_over_HTTP_2_as_well()
    {
        await using var house = await House.StartAsync();
        using var client = new HttpClient(house.Files.NewHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, house.Gateway.Setup.Admin + "/api/configuration")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await client.SendAsync(request, Cancellation);

        Assert.Equal(HttpVersion.Version20, answer.Version);
        var running = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["running"]!;
        Assert.Equal(house.Files.CertificateFile, (string?)running["gateway"]!["certificate"]![0]!["path"]);
    }

    [Fact]
    public async Task Trailers_and_a_body_in_both_directions_go_through_over_HTTP_2_on_both_sides()
    {
        await using var house = await House.StartAsync();
        var content = new TalkingContent();
        using var request = Call("2.0", "");
        request.Headers.TE.ParseAdd("trailers");
        request.Content = content;
        // What says that neither side waits for the other: heads and words go out at once.
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        using var answer = await house.Gateway.Client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        foreach (var word in (string[])["one", "another", "the last"])
        {
            // Each word is sent only after the one before has come back: a proxy that waits for the end would wait for ever.
            await content.SayAsync(word);
            var heard = new byte[word.Length];
            await body.ReadExactlyAsync(heard, Cancellation);
            Assert.Equal(word, Encoding.ASCII.GetString(heard));
        }

        content.End();
        Assert.Equal(0, await body.ReadAsync(new byte[1], Cancellation));
        Assert.Equal("HTTP/2 te=trailers proto=https", Assert.Single(answer.Headers.GetValues("X-Seen")));
        Assert.Equal("0", Assert.Single(answer.TrailingHeaders.GetValues("grpc-status")));
        Assert.Equal("18", Assert.Single(answer.TrailingHeaders.GetValues("x-bytes")));
    }

    [Fact]
    public async Task Nodes_own_client_gets_bodies_and_trailers_on_a_hundred_streams_of_one_connection()
    {
        Requires.Node();
        await using var house = await House.StartAsync();

        var answers = await NodeProgram.RunAsync<NodeAnswer>("http2.mjs", house.Gateway.Url, house.Files.RootFile, "/call", "100");

        Assert.Equal(100, answers.Count);
        Assert.Equal(
            Enumerable.Range(0, 100).Select(number => $"call {number}, and no more"),
            answers.Select(answer => Encoding.ASCII.GetString(Convert.FromBase64String(answer.Body))));
        Assert.All(answers, answer =>
        {
            Assert.Equal(("h2", 200), (answer.Protocol, answer.Status));
            Assert.Equal("0", (string?)answer.Trailers["grpc-status"]);
            Assert.Equal("2.0 postern", (string?)answer.Headers["via"]);
        });
    }

    [Fact]
    public async Task A_hundred_calls_stand_at_the_same_time_on_one_connection()
    {
        await using var house = await House.StartAsync();
        var connections = 0;
        using var handler = house.Files.NewHandler();
        handler.ConnectCallback = async (context, cancellation) =>
        {
            Interlocked.Increment(ref connections);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var client = new GatewayClient(house.Gateway.Url, handler);
        client.Http.DefaultRequestVersion = HttpVersion.Version20;
        client.Http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        // None is answered before all are there.
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.Http.GetStringAsync("/together?of=100", Cancellation)));

        Assert.All(answers, answer => Assert.Equal("together", answer));
        Assert.Equal(1, connections);
    }

    [Theory]
    [InlineData("1.1", true)]
    [InlineData("2.0", true)]
    [InlineData("1.1", false)]
    [InlineData("2.0", false)]
    public async Task A_web_socket_echoes_over_TLS_in_either_version(string version, bool tlsUpstream)
    {
        await using var house = await House.StartAsync(tlsUpstream);
        using var client = new HttpMessageInvoker(house.Files.NewHandler());
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new Uri(house.Gateway.Url.Replace("https:", "wss:", StringComparison.Ordinal) + "/echo"), client, Cancellation);

        var (sent, heard) = (new byte[10_000], new byte[10_000]);
        for (var round = 0; round < 50; round++)
        {
            Random.Shared.NextBytes(sent);
            await socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, Cancellation);
            for (var read = 0; read < sent.Length;)
            {
                read += (await socket.ReceiveAsync(heard.AsMemory(read), Cancellation)).Count;
            }

            Assert.Equal(sent, heard);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_new_connections_and_the_old_ones_go_on()
    {
        await using var house = await House.StartAsync();
        house.Upstream.Events.Writer.TryWrite("before");
        await using var events = await house.Gateway.Client.Http.GetStreamAsync("/sse", Cancellation);
        using var reader = new StreamReader(events);
        Assert.Equal("data: before", await reader.ReadLineAsync(Cancellation));
        var before = await house.ShownAsync();

        var renewed = await house.Files.RenewAsync();
        var shown = before;
        await Eventually.TrueAsync(
            async () =>
            {
                // Every connection on the way there is served, by the old certificate or the new one.
                using var client = new GatewayClient(house.Gateway.Url, house.Files.NewHandler());
                Assert.Equal(10, (await client.Http.GetByteArrayAsync("/download?bytes=10", Cancellation)).Length);
                shown = await house.ShownAsync();
                Assert.Contains(shown, (string[])[before, renewed]);
                return shown == renewed;
            },
            () => $"the renewed certificate is shown; it is {shown}\n{house.Gateway.Log}");

        Assert.NotEqual(before, renewed);
        house.Upstream.Events.Writer.TryWrite("after");
        Assert.Equal("", await reader.ReadLineAsync(Cancellation));
        Assert.Equal("data: after", await reader.ReadLineAsync(Cancellation));
    }

    private static HttpRequestMessage Call(string version, string body) => new(HttpMethod.Post, "/call")
    {
        Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new StringContent(body),
    };

    private sealed record NodeAnswer(string Protocol, int Status, JsonObject Headers, string Body, JsonObject Trailers);

    private sealed class House : IAsyncDisposable
    {
        private readonly ScratchDirectory scratch = new();

        public TlsFiles Files { get; private init; } = null!;

        public StreamUpstream Upstream { get; private set; } = null!;

        public RunningGateway Gateway { get; private set; } = null!;

        /// <param name="tlsUpstream">Whether the upstream speaks TLS, and with it HTTP/2.</param>
        public static async Task<House> StartAsync(bool tlsUpstream = true)
        {
            // Which roots the program trusts is said the way OpenSSL has it.
            Requires.Linux();
            var files = await TlsFiles.CreateAsync();
            var house = new House { Files = files, Upstream = await StreamUpstream.StartAsync(tlsUpstream ? files.Authority : null) };
            house.Gateway = await RunningGateway.StartAsync(
                new GatewaySetup { Upstream = house.Upstream.Url, Data = house.scratch.File("data"), Tls = files });
            return house;
        }

        /// <summary>A connection on which nothing is asked yet.</summary>
        public async Task<SslStream> HandshakeAsync(SslApplicationProtocol protocol)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, new Uri(Gateway.Url).Port, Cancellation);
            var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost", ApplicationProtocols = [protocol], CertificateChainPolicy = Files.Authority.Trust(),
                },
                Cancellation);
            return tls;
        }

        /// <summary>Thumbprint of the certificate that a new connection is shown.</summary>
        public async Task<string> ShownAsync()
        {
            await using var tls = await HandshakeAsync(SslApplicationProtocol.Http2);
            return ((X509Certificate2)tls.RemoteCertificate!).Thumbprint;
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Upstream.DisposeAsync();
            Files.Dispose();
            scratch.Dispose();
        }
    }

    /// <summary>A body that is said word by word.</summary>
    private sealed class TalkingContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task SayAsync(string word)
        {
            var to = await stream.Task;
            await to.WriteAsync(Encoding.ASCII.GetBytes(word), Cancellation);
            await to.FlushAsync(Cancellation);
        }

        public void End() => ended.SetResult();

        protected override Task SerializeToStreamAsync(Stream to, TransportContext? context)
        {
            stream.SetResult(to);
            return ended.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
