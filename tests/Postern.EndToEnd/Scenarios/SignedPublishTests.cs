using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class SignedPublishTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    [Fact]
    public async Task What_a_foreign_client_signs_is_published_once_and_what_does_not_hold_is_refused()
    {
        Requires.NodeClients();
        using var scratch = new ScratchDirectory();
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup
        {
            Upstream = "http://127.0.0.1:1",
            Data = scratch.File("data"),
            More = $"consumers: {{ acme: {{ credentials: [{{ type: webhook-signature, secret: {Secret} }}], scopes: publish }} }}",
        });

        var answers = await NodeProgram.RunAsync<Answer>("sign.mjs", gateway.Url + "/events", Secret, Other);

        Answer[] expected =
        [
            new("signed", 202, false), new("sent again", 202, true), new("another secret", 401, false), new("a changed body", 401, false), new("too old", 401, false),
        ];
        Assert.Equal(expected, answers);
    }

    /// <param name="Duplicate">The event was there already.</param>
    private sealed record Answer(string Name, int Status, bool Duplicate);
}
