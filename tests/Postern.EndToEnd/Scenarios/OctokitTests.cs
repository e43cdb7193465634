using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class OctokitTests
{
    private const int Payloads = 329;
    private static readonly string[] Collections = ["/orders", "/customers", "/exchange-rates", "/posts", "/tasks"];

    [Fact]
    public async Task Every_payload_that_is_published_or_posted_comes_out_once_byte_for_byte_and_validly_signed()
    {
        Requires.NodeClients();
        using var scratch = new ScratchDirectory();
        await using var shop = await ShopUpstream.StartAsync();
        await using var receiver = await NodeReceiver.StartAsync(scratch);
        await using var gateway = await RunningGateway.StartAsync(new GatewaySetup { Upstream = shop.Url, Data = scratch.File("data") });
        foreach (var resource in (string[])[.. Collections, "/github"])
        {
            var subscribed = await gateway.Client.SubscribeAsync(resource, receiver.Url + resource);
            await receiver.TrustAsync(resource, subscribed.Secret);
        }

        var published = await NodeProgram.RunAsync<Published>("publish.mjs", gateway.Url + "/events", "/github");
        var posted = await NodeProgram.RunAsync<Posted>("post.mjs", [gateway.Url, .. Collections]);

        Assert.Equal(Payloads, published.Count);
        Assert.Equal(Payloads, posted.Count);
        Assert.All(published, one => Assert.Equal(202, one.Status));
        Assert.All(posted, one => Assert.Equal(201, one.Status));

        await Eventually.TrueAsync(() => receiver.Read().Count >= 2 * Payloads, () => $"{receiver.Read().Count} of {2 * Payloads} callbacks");
        var callbacks = receiver.Read();
        Assert.Equal(2 * Payloads, callbacks.Count);
        Assert.All(callbacks, callback => Assert.True(callback.Verified, callback.Fault));
        Assert.Equal(2 * Payloads, callbacks.Select(callback => callback.Id).Distinct().Count());

        // A published event is known by its id; a posted one by the record that the API says it has made.
        var publishedBodies = callbacks.Where(callback => callback.Path == "/github").ToDictionary(callback => callback.Headers["ce-id"], callback => callback.Body);
        Assert.All(published, one => Assert.Equal(one.Body, publishedBodies[one.Id]));
        var postedBodies = callbacks.Where(callback => callback.Path != "/github")
            .ToDictionary(callback => $"{callback.Path}/{callback.Headers["ce-subject"]}", callback => callback.Body);
        Assert.All(posted, one => Assert.Equal(one.Body, postedBodies[one.Location]));
    }

    /// <param name="Body">The event's data, in base64.</param>
    private sealed record Published(string Id, string Type, string Mode, int Status, string Body);

    /// <param name="Location">Where the API has put the record.</param>
    /// <param name="Body">What the API returned, in base64.</param>
    private sealed record Posted(string Collection, string Location, int Status, string Body);
}
