using System.Globalization;
using Postern.EndToEnd.Attacks.Wire;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks;

/// <summary>An API that answers with what no client should read: each caller gets a clean response, a 502 or a cut connection, and nothing of another's.</summary>
public sealed class ResponseAttackTests
{
    private const string Attacked = "/attacked/";

    [Fact]
    public async Task Whatever_an_API_answers_each_caller_gets_its_own_response_or_none()
    {
        using var scratch = new ScratchDirectory();
        await using var upstream = new WireUpstream();
        var echo = upstream.Answer;
        upstream.Answer = request => request.Target.StartsWith(Attacked, StringComparison.Ordinal)
            && ResponseAttacks.All[int.Parse(request.Target[Attacked.Length..], CultureInfo.InvariantCulture)] is var attack
            ? new WireAnswer(attack.Wire, attack.Closes) : echo(request);
        await using var gateway = await RunningGateway.StartAsync(
            new GatewaySetup { Upstream = upstream.Url, Data = scratch.File("data"), Api = "resources: { /orders: {} }" });
        var port = new Uri(gateway.Url).Port;
        var faults = new string?[ResponseAttacks.All.Count];

        await Parallel.ForAsync(
            0, faults.Length, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken },
            async (number, _) =>
            {
                var same = await WireClient.TalkAsync(port, Call($"{Attacked}{number}") + Call($"/canary/{number}", "Connection: close\r\n"), ends: false);
                var other = await WireClient.TalkAsync(port, Call($"/canary/{number}", "Connection: close\r\n"), ends: false);
                var fault = FaultOf(ResponseAttacks.All[number], number, same) ?? FaultOf(number, other);
                faults[number] = fault is null ? null
                    : $"{fault}\n  answered  {WireText.Show(ResponseAttacks.All[number].Wire)}\n  heard     {WireText.Show(same)}\n  then      {WireText.Show(other)}";
            });

        Assert.False(gateway.HasExited, gateway.Log);
        Assert.Empty(upstream.Garbled);
        string[] found = [.. faults.OfType<string>()];
        Assert.True(found.Length == 0, $"{found.Length} of {faults.Length} attacks:\n{string.Join('\n', found.Take(20))}");
    }

    private static string? FaultOf(ResponseAttack attack, int number, string? heard)
    {
        if (heard is null)
        {
            return "The connection hangs.";
        }

        return WireResponse.ReadAll(heard) is not { } responses || responses.Count > 2 ? "What was heard is no sequence of responses."
            : attack.MustFail && responses is [{ IsWhole: true, Status: not 502 }, ..] ? "A response that is none was passed on."
            : responses.Count == 2 ? FaultOf(number, responses[1])
            : null;
    }

    private static string? FaultOf(int number, string? heard) =>
        heard is null ? "The next connection hangs."
        : WireResponse.ReadAll(heard) is not [var response] ? "The next caller heard something else than one response."
        : FaultOf(number, response);

    // An upstream connection that turns out to be spoilt may cost a 502.
    private static string? FaultOf(int number, WireResponse response) =>
        response.Status == 502 || (response.Status == 200 && response.Body == $"GET /canary/{number} 0") ? null : "The next call has another one's response.";

    private static string Call(string target, string more = "") => $"GET {target} HTTP/1.1\r\nHost: a\r\n{more}\r\n";
}
