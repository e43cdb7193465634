using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

/// <summary>The gateway with a resolver configuration of its own, in a mount namespace (<c>unshare</c>).</summary>
public sealed class NameTests
{
    [Fact]
    public async Task Whatever_a_name_server_answers_callbacks_are_retried_and_others_go_on()
    {
        Requires.Root();
        Requires.Tool("unshare", "--version");
        await using var names = new NameServer();
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await TestReceiver.StartAsync(2);
        receiver.Closes = true;
        await using var gateway = await StartAsync(names, scratch, shop);
        (string Name, NameAnswer Answer)[] sick =
        [
            ("nxdomain.test", NameAnswer.NoSuchName), ("servfail.test", NameAnswer.ServerFailure), ("silent.test", NameAnswer.Silence),
            ("truncated.test", NameAnswer.Truncated), ("private.test", NameAnswer.At("10.1.2.3")), ("changing.test", NameAnswer.At("127.0.0.1")),
        ];
        var port = new Uri(receiver.Url).Port;
        var changing = "";
        foreach (var (name, answer) in sick)
        {
            names.Set(name, answer);
            var subscribed = await gateway.Client.SubscribeAsync("/load", $"http://{name}:{port}/{name}");
            receiver.Trust($"/{name}", subscribed.Secret);
            changing = subscribed.Id;
        }

        receiver.Trust("/healthy", (await gateway.Client.SubscribeAsync("/load", receiver.Urls[1] + "/healthy")).Secret);

        // Many silent names at once: a look-up that waits holds a thread of the resolver, and must hold up nobody else.
        for (var number = 0; number < 30; number++)
        {
            names.Set($"silent-{number}.test", NameAnswer.Silence);
            await gateway.Client.SubscribeAsync("/load", $"http://silent-{number}.test:{port}/never");
        }

        using var producer = new EventProducer(gateway.Url, "/load", batchSize: 10, connections: 1);
        await producer.PublishAsync(first: 0, 100);
        await Eventually.TrueAsync(() => Events(receiver, "healthy") == 100, () => $"{Events(receiver, "healthy")} of 100 events at the healthy endpoint");
        await Eventually.TrueAsync(() => Events(receiver, "changing.test") == 100, () => $"{Events(receiver, "changing.test")} of 100 events by name");
        Assert.All(sick[..^1], entry => Assert.Empty(receiver.At($"/{entry.Name}")));
        await Eventually.TrueAsync(() => sick.All(entry => names.Questions(entry.Name) > 0), "every name was asked for");

        // The address guard judges each answer: a name that moves to a private address is not followed there.
        // An answer holds for a few seconds: it has moved when the gateway has asked again.
        names.Set("changing.test", NameAnswer.At("10.1.2.3"));
        var published = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                await PublishAsync(gateway, $"moving-{published++}");
                return await RefusalsAsync(gateway, changing) > 0;
            },
            () => "an attempt that the guard refused");
        await PublishAsync(gateway, "moved");
        var refused = await RefusalsAsync(gateway, changing);
        await Eventually.TrueAsync(async () => await RefusalsAsync(gateway, changing) > refused, () => "another attempt that the guard refused");
        Assert.DoesNotContain(receiver.At("/changing.test"), call => call.EventId == "moved");

        foreach (var (name, _) in sick)
        {
            names.Set(name, NameAnswer.At("127.0.0.1"));
        }

        await Eventually.TrueAsync(
            () => sick.All(entry => Events(receiver, entry.Name) == 101 + published),
            () => string.Join(", ", sick.Select(entry => $"{entry.Name} {Events(receiver, entry.Name)} of {101 + published}")), seconds: 40);
        Assert.All(receiver.Calls, call => Assert.True(call.Verified));
    }

    private static async Task PublishAsync(RunningGateway gateway, string id)
    {
        using var answer = await gateway.Client.PublishAsync("/load", id, "load.made", "{}");
        Assert.True(answer.IsSuccessStatusCode);
    }

    /// <summary>Different events: on a busy machine an attempt can pass its deadline after it was taken, and comes again.</summary>
    private static int Events(TestReceiver receiver, string name) => receiver.At($"/{name}").Select(call => call.EventId).Distinct().Count();

    private static bool IsRefusal(JsonNode attempt) =>
        ((string?)attempt["error"])?.Contains("does not call this address", StringComparison.Ordinal) is true;

    private static async Task<int> RefusalsAsync(RunningGateway gateway, string subscription) =>
        (await gateway.AdminAsync($"/api/attempts?limit=500&subscription={subscription}"))["items"]!.AsArray().Count(attempt => IsRefusal(attempt!));

    private static async Task<RunningGateway> StartAsync(NameServer names, ScratchDirectory scratch, ShopUpstream shop)
    {
        var resolver = await scratch.WriteAsync("resolv.conf", names.ResolvConf);
        return await RunningGateway.StartAsync(
            new GatewaySetup
            {
                Upstream = shop.Url,
                Data = scratch.File("data"),
                Callbacks = "timeout: 3s, retry: { schedule: [0s, 300ms, 500ms, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s], jitter: 0 }",
            },
            new Launch { Prefix = ["unshare", "--mount", "sh", "-c", $"mount --bind {resolver} /etc/resolv.conf && exec \"$@\"", "sh"] });
    }
}
