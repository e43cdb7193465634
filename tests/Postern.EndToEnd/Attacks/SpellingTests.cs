using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Postern.EndToEnd.Attacks.Wire;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks;

/// <summary>One path in thousands of spellings: the gateway's own word stays the gateway's, and an API sees the path that was decided on.</summary>
public sealed class SpellingTests
{
    private static readonly string[] Resources = ["orders", "order%73", "%6Frders", "%6frders", "ORDERS", "%256frders", "x/../orders", "%c1%afrders"];

    private static readonly string[] Separators =
    [
        "/", "//", "///", "/./", "/%2e/", "/%2E/", "/x/../", "/x/%2e%2e/", "/x/.%2E/", "/x/%2e./", "/x/..;/", "/x/%2e%2e;a/", "/.;/", "/;/", ";a=b/", "%2f", "%2F", "%252f", "%5c", "%5C", "\\", "/\\", "/%00", "%00/",
        "/%20", "/%09", "/%c0%ae%c0%ae/", "/%c0%af", "%c0%af", "/%e0%80%af", "/.../", "/..%2f", "/%2e%2e%2f", "/..%5c", "%u002f", "%ef%bc%8f", "/%3b/", "/%3f/", "/%23/",
    ];

    private static readonly string[] Words =
        ["subscribe", "%73ubscribe", "%73%75%62%73%63%72%69%62%65", "subscrib%65", "Subscribe", "SUBSCRIBE", "%53ubscribe", "%2573ubscribe", "%u0073ubscribe", "subs%63ribe", "%c1%b3ubscribe", "sub%00scribe", "subscribe%00"];

    private static readonly string[] Ends = ["", "/", "//", "/.", "/..", "/%2e", "/x/..", ".", ";", ";a=b", "/;", "%20", "%00", "?", "?a=/../b", "#", "%23", "%3f", "%2f", "%5c", ".json", "/%2e%2e/subscribe"];

    /// <summary>Each part in each spelling beside the plain others, and each two of them together.</summary>
    private static IEnumerable<string> Spellings =>
        (from resource in Resources from separator in Separators select $"/{resource}{separator}subscribe")
        .Concat(from separator in Separators from word in Words select $"/orders{separator}{word}")
        .Concat(from separator in Separators from end in Ends select $"/orders{separator}subscribe{end}")
        .Concat(from word in Words from end in Ends select $"/orders/{word}{end}")
        .Concat(from resource in Resources from word in Words select $"/{resource}/{word}")
        .Concat(from separator in Separators select $"{separator}orders/subscribe")
        .Concat(from separator in Separators select $"http://a/{separator}orders{separator}subscribe")
        .Distinct();

    [Fact]
    public async Task The_API_sees_the_path_that_was_decided_on_and_never_the_gateways_own_in_another_spelling()
    {
        using var scratch = new ScratchDirectory();
        await using var upstream = new WireUpstream();
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup
        {
            Upstream = upstream.Url, Data = scratch.File("data"), Api = "resources: { /orders: {} }",
            More = "consumers: { acme: { credentials: [ { type: basic, username: acme, password: opensesame-opensesame } ] } }",
        });
        var port = new Uri(gateway.Url).Port;
        string[] spellings = [.. Spellings];
        var faults = new ConcurrentQueue<string>();

        await Parallel.ForEachAsync(
            spellings, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken },
            async (spelling, _) =>
            {
                var heard = await WireClient.TalkAsync(
                    port, $"POST {spelling} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}", ends: false);
                var fault = heard is null ? "hangs"
                    : WireResponse.ReadAll(heard) is not [{ IsWhole: true } response] ? "is answered with no response"
                    : FaultOf(spelling, response);
                if (fault is not null)
                {
                    faults.Enqueue($"{spelling} {fault}: {heard?.ReplaceLineEndings(" ")}");
                }
            });

        Assert.Empty(upstream.Garbled);
        Assert.True(faults.IsEmpty, $"{faults.Count} of {spellings.Length} spellings:\n{string.Join('\n', faults.Take(20))}");
        Assert.True(upstream.Requests.Count > spellings.Length / 4, "Most spellings that mean another path go through.");
        Assert.All(upstream.Requests, static request => Assert.False(IsOwn(Resolve(request.Target)), request.Target));
    }

    /// <summary>401: it was the gateway's own call. 200: the upstream says what it saw. Anything else refuses it.</summary>
    private static string? FaultOf(string spelling, WireResponse response)
    {
        var meant = Resolve(spelling);
        return response.Status switch
        {
            401 => IsOwn(meant) ? null : "is taken for the gateway's own",
            200 => Resolve(response.Body.Split(' ')[1]).SequenceEqual(meant) ? null : "is changed on the way",
            400 or 404 or 405 => null,
            _ => "is answered otherwise",
        };
    }

    /// <summary>The resource can be subscribed to, and each record of it.</summary>
    private static bool IsOwn(string[] segments) => segments is ["orders", "subscribe"] or ["orders", _, "subscribe"];

    /// <summary>
    /// The segments of a path as RFC 3986 (§5.2.4, §2.4) reads them: dot segments resolved, each percent-encoded octet decoded once,
    /// and a slash that was encoded is none.
    /// </summary>
    private static string[] Resolve(string target)
    {
        var path = (target.StartsWith("http://a", StringComparison.Ordinal) ? target[8..] : target).Split('?')[0];
        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            var decoded = Decode(segment);
            if (decoded == "..")
            {
                segments.RemoveRange(Math.Max(segments.Count - 1, 0), Math.Min(segments.Count, 1));
            }
            else if (decoded != ".")
            {
                segments.Add(decoded);
            }
        }

        return [.. segments.Where(static segment => segment.Length > 0)];
    }

    // Octet by octet: what is no UTF-8 is nothing else either.
    private static string Decode(string segment)
    {
        var decoded = new StringBuilder();
        for (var at = 0; at < segment.Length; at++)
        {
            if (segment[at] == '%' && at + 2 < segment.Length
                && byte.TryParse(segment.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                decoded.Append((char)octet);
                at += 2;
            }
            else
            {
                decoded.Append(segment[at]);
            }
        }

        return decoded.ToString();
    }
}
