using Postern.Model;

namespace Postern.Tests.Callbacks;

/// <summary>An event whose attributes HTTP cannot carry as they are: those of the wire are refused before, these stand in the store.</summary>
public sealed class UnwritableHeaderTests
{
    private static readonly string[] ContentTypes =
    [
        "text/plain; x=\"\u00e9\"", "text/plain; x=\"\u4e16\"", "text/plain; x=\"a\r\nx-injected: 1\"", "text/plain; x=\"a\r\n b\"", "text/plain; x=\"\0\"",
        "text/plain\r\nx-injected: 1", "text/pl\u00e4in", "", "no type", "text/plain; x=\"\u007f\u0001\"",
    ];

    private static readonly string[] Values = ["\r\nx-injected: 1", "\0", "\u4e16\u754c", "\ud83d", "\u0001\u007f", " ", "", "100%\"", new string('\u00e9', 2_000)];

    [Fact]
    public async Task Whatever_an_event_holds_it_is_delivered_with_headers_that_http_can_carry_and_nothing_is_held_up()
    {
        await using var receiver = RawReceiver.Answering(204);
        await using var rig = new CallbackRig();
        await rig.StartAsync();
        var subscription = rig.Subscribe(receiver.Url);
        EventContent[] poison =
        [
            .. ContentTypes.Select(type => CallbackRig.Content() with { DataContentType = type }),
            .. Values.Select(value => CallbackRig.Content() with
            {
                ProducerId = "p" + value, Type = "t" + value, Source = "/s" + value, Subject = value, DataSchema = "urn:" + value,
                Extensions = new Dictionary<string, string> { ["note"] = value, ["traceparent"] = value },
            }),
            CallbackRig.Content("\"the last\""),
        ];

        await rig.PublishAsync([.. poison.Select(content => rig.Store.Owe(rig.Store.Add(content), subscription))]);

        var results = await rig.ResultsAsync(poison.Length);
        Assert.All(results, result => Assert.IsType<CallbackOutcome.Delivered>(result.Outcome));
        Assert.Equal(poison.Length, receiver.Requests.Count);
        Assert.All(receiver.Requests, request => Assert.DoesNotContain("\nx-injected", request, StringComparison.OrdinalIgnoreCase));
        Assert.All(receiver.Requests, request => Assert.All(request.Split("\r\n\r\n")[0], character => Assert.True(character is '\r' or '\n' or (>= ' ' and <= '~'), $"{(int)character} in {request}")));
        Assert.Contains(receiver.Requests, request => request.Contains("\"the last\"", StringComparison.Ordinal));
    }
}
