using System.Globalization;
using System.Text.RegularExpressions;
using Postern.EndToEnd.Attacks.Wire;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks;

/// <summary>The generated attacks on message boundaries, sent to the real program in front of an API that keeps its connections.</summary>
public sealed partial class RequestAttackTests
{
    private const int Connections = 32;

    [Fact]
    public async Task Each_request_reaches_the_API_once_and_as_it_was_read_or_is_refused_with_a_close()
    {
        Assert.True(RequestAttacks.All.Count >= 2_000, $"{RequestAttacks.All.Count} attacks");
        using var scratch = new ScratchDirectory();
        await using var upstream = new WireUpstream();
        await using var gateway = await RunningGateway.StartAsync(
            new GatewaySetup { Upstream = upstream.Url, Data = scratch.File("data"), Api = "resources: { /orders: {} }" });
        var port = new Uri(gateway.Url).Port;
        var heard = new string?[RequestAttacks.Harmless.Count + RequestAttacks.All.Count];

        await Parallel.ForEachAsync(
            [.. RequestAttacks.Harmless, .. RequestAttacks.All],
            new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = TestContext.Current.CancellationToken },
            async (attack, _) =>
            {
                // Of what does not come to its end, the caller goes.
                var isCut = WireReader.ReadAll(attack.Wire).End == WireEnd.Cut;
                heard[attack.Number] = await WireClient.TalkAsync(port, attack.Wire, ends: isCut);
            });

        Assert.False(gateway.HasExited, gateway.Log);
        Assert.True(
            upstream.Garbled.Count == 0,
            $"The API was sent {upstream.Garbled.Count} times what is no request:\n{string.Join('\n', upstream.Garbled.Take(20).Select(WireText.Show))}");
        var seen = upstream.Requests.ToLookup(static request => int.Parse(Digits().Match(request.Target).ValueSpan, CultureInfo.InvariantCulture));
        Assert.All(RequestAttacks.Harmless, attack => Assert.Equal(2, seen[attack.Number].Count()));
        string[] faults =
        [
            .. RequestAttacks.Harmless.Concat(RequestAttacks.All)
                .Select(attack => (attack, Fault: FaultOf(attack, heard[attack.Number], [.. seen[attack.Number]])))
                .Where(static judged => judged.Fault is not null)
                .Select(judged =>
                    $"{judged.Fault}\n  sent       {WireText.Show(judged.attack.Wire)}\n  heard      {WireText.Show(heard[judged.attack.Number])}\n"
                    + $"  passed on  {string.Join(" | ", seen[judged.attack.Number])}"),
        ];
        Assert.True(faults.Length == 0, $"{faults.Length} of {heard.Length} attacks:\n{string.Join('\n', faults.Take(60))}");
    }

    private static string? FaultOf(RequestAttack attack, string? heard, WireRequest[] seen)
    {
        if (heard is null)
        {
            return "The connection hangs.";
        }

        var (model, end) = WireReader.ReadAll(attack.Wire);
        if (seen.Length > model.Count || seen.Where((request, index) => !IsSame(request, model[index])).Any())
        {
            return "The API was sent what nobody asked for.";
        }

        if (WireResponse.ReadAll(heard) is not { } responses || responses.Any(static response => !response.IsWhole))
        {
            return "What was answered is no sequence of responses.";
        }

        var served = responses.TakeWhile(static response => response.Status == 200).ToArray();
        if (served.Length != seen.Length || served.Where((response, index) => response.Body != WireUpstream.Echo(seen[index])).Any())
        {
            // Of a caller that has gone the answer may be lost.
            return end == WireEnd.Cut && served.Length == 0 ? null : "A request has another one's answer.";
        }

        var refusals = responses.Skip(served.Length).ToArray();
        var owed = seen.Length < model.Count || end == WireEnd.Faulty ? 1 : 0;
        return end == WireEnd.Cut && refusals.Length <= 1 ? null
            : refusals.Length != owed ? $"{refusals.Length} refusals instead of {owed}."
            : refusals.Any(static refusal => refusal.Status is < 400 or 500 or > 505) ? "A refusal is none."
            : null;
    }

    private static bool IsSame(WireRequest request, WireRequest other) =>
        (request.Method, request.Target, request.Body) == (other.Method, other.Target, other.Body);

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
