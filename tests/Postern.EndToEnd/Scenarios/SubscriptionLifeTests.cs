using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Scenarios;

public sealed class SubscriptionLifeTests
{
    private const string Consumers =
        """
        consumers:
          acme:
            credentials: [{ type: basic, username: acme, password: acme-acme-acme-acme-acme-acme-acme }]
          globex:
            credentials: [{ type: api-key, key: globex-globex-globex-globex-globex }]
        """;

    [Fact]
    public async Task A_consumer_sees_its_own_subscriptions_and_nobody_elses()
    {
        await using var house = await House.StartAsync();

        Assert.Equal(house.AcmeSubscription.Id, (string?)(await House.ListAsync(house.Acme)).Single()!["id"]);
        Assert.Equal(house.GlobexSubscription.Id, (string?)(await House.ListAsync(house.Globex)).Single()!["id"]);
        await house.Acme.CallAsync(HttpMethod.Get, house.GlobexSubscription.Path, HttpStatusCode.NotFound);
        await house.Acme.CallAsync(HttpMethod.Delete, house.GlobexSubscription.Path, HttpStatusCode.NotFound);
        await house.Acme.CallAsync(HttpMethod.Post, "/orders/unsubscribe", HttpStatusCode.NotFound, new JsonObject { ["id"] = house.GlobexSubscription.Id });
        await house.Gateway.Client.CallAsync(HttpMethod.Post, "/orders/unsubscribe", HttpStatusCode.Unauthorized, new JsonObject { ["id"] = house.GlobexSubscription.Id });
    }

    [Fact]
    public async Task A_filter_that_is_patched_in_holds_for_the_events_after_the_answer()
    {
        await using var house = await House.StartAsync();
        await house.Acme.CallAsync(HttpMethod.Patch, house.AcmeSubscription.Path, HttpStatusCode.OK, JsonNode.Parse(
            """{"filter": {"all": [{"exact": {"type": "orders.created"}}, {"prefix": {"data.item": "Earl"}}]}}"""));

        await house.CreateOrderAsync("Assam");
        await house.CreateOrderAsync("Earl Grey");

        await house.ReceivedAsync("/globex", 2);
        await house.ReceivedAsync("/acme", 1);
        Assert.Contains("Earl Grey"u8.ToArray(), house.Receiver.At("/acme")[0].Body);
    }

    [Fact]
    public async Task A_paused_subscription_is_sent_nothing_and_gets_what_was_kept_when_it_is_resumed()
    {
        await using var house = await House.StartAsync();
        await house.Acme.CallAsync(HttpMethod.Post, house.AcmeSubscription.Path + "/pause", HttpStatusCode.OK);

        await house.CreateOrderAsync("Assam");
        await house.ReceivedAsync("/globex", 1);
        await house.NothingMoreAsync("/acme", 0);
        await house.Acme.CallAsync(HttpMethod.Post, house.AcmeSubscription.Path + "/resume", HttpStatusCode.OK);

        await house.ReceivedAsync("/acme", 1);
    }

    [Fact]
    public async Task While_secrets_overlap_a_callback_is_signed_with_both_and_afterwards_with_the_new_one_alone()
    {
        await using var house = await House.StartAsync();
        var first = house.AcmeSubscription.Secret;
        var second = await house.RotateAsync("1h");
        house.Receiver.Trust("/acme", first, second);
        await house.CreateOrderAsync("Assam");
        await house.ReceivedAsync("/acme", 1);

        var third = await house.RotateAsync("0s");
        house.Receiver.Trust("/acme", first, second, third);
        await house.CreateOrderAsync("Assam");
        await house.ReceivedAsync("/acme", 2);

        Assert.Equal([first, second], house.Receiver.At("/acme")[0].VerifiedBy);
        Assert.Equal([third], house.Receiver.At("/acme")[1].VerifiedBy);
    }

    [Fact]
    public async Task A_test_event_goes_to_the_one_subscription_and_its_attempt_can_be_read()
    {
        await using var house = await House.StartAsync();

        var answer = await house.Acme.CallAsync(HttpMethod.Post, house.AcmeSubscription.Path + "/test", HttpStatusCode.Accepted);
        await house.ReceivedAsync("/acme", 1);
        Assert.Equal((string?)answer!["event"], house.Receiver.At("/acme")[0].WebhookId);

        // Whatever is sent to globex comes after the test: had it been for globex too, it would have come before this.
        await house.CreateOrderAsync("Assam");
        await house.ReceivedAsync("/globex", 1);
        Assert.Equal("orders.created", house.Receiver.At("/globex").Single().EventType);

        JsonNode? attempt = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var attempts = await house.Acme.CallAsync(HttpMethod.Get, house.AcmeSubscription.Path + "/attempts", HttpStatusCode.OK);
                attempt = attempts!["items"]!.AsArray().FirstOrDefault(entry => (string?)entry!["event"] == (string?)answer["event"]);
                return attempt is not null;
            },
            () => "the attempt is recorded");
        Assert.Equal("delivered", (string?)attempt!["outcome"]);
        Assert.Equal(204, (int?)attempt["status"]);
    }

    [Fact]
    public async Task Unsubscribed_endpoint_gets_no_callback_after_the_202()
    {
        await using var house = await House.StartAsync();
        for (var number = 0; number < 20; number++)
        {
            await house.CreateOrderAsync("Assam");
        }

        await house.Acme.CallAsync(HttpMethod.Post, "/orders/unsubscribe", HttpStatusCode.Accepted, new JsonObject { ["callback"] = house.Receiver.Url + "/acme" });

        // What is under way when the answer goes out may still end; whatever is counted here was started before.
        var before = await house.SettledAsync("/acme");
        await house.CreateOrderAsync("Earl Grey");
        await house.ReceivedAsync("/globex", 21);
        await house.NothingMoreAsync("/acme", before);
        Assert.DoesNotContain(house.Receiver.At("/acme"), call => call.Body.AsSpan().IndexOf("Earl Grey"u8) >= 0);
        Assert.Empty(await House.ListAsync(house.Acme));
    }

    [Fact]
    public async Task A_receiver_that_says_410_ends_its_subscription()
    {
        await using var house = await House.StartAsync();
        house.Receiver.Answer = path => path == "/acme" ? 410 : 204;

        await house.CreateOrderAsync("Assam");

        await Eventually.TrueAsync(
            async () => (string?)(await house.Acme.CallAsync(HttpMethod.Get, house.AcmeSubscription.Path, HttpStatusCode.OK))!["state"] == "gone", () => "the state is gone");
        await house.CreateOrderAsync("Assam");
        await house.ReceivedAsync("/globex", 2);
        await house.NothingMoreAsync("/acme", 1);
    }

    /// <summary>A shop behind the gateway, and two consumers that have subscribed to its orders.</summary>
    private sealed class House : IAsyncDisposable
    {
        private readonly ScratchDirectory scratch = new();
        private ShopUpstream shop = null!;

        public TestReceiver Receiver { get; private set; } = null!;

        public RunningGateway Gateway { get; private set; } = null!;

        public GatewayClient Acme { get; private set; } = null!;

        public GatewayClient Globex { get; private set; } = null!;

        public Subscribed AcmeSubscription { get; private set; } = null!;

        public Subscribed GlobexSubscription { get; private set; } = null!;

        public static async Task<House> StartAsync()
        {
            var house = new House { shop = await ShopUpstream.StartAsync(), Receiver = await TestReceiver.StartAsync() };
            house.Gateway = await RunningGateway.StartAsync(new GatewaySetup
            {
                Upstream = house.shop.Url, Data = house.scratch.File("data"), More = Consumers,
            });
            house.Acme = GatewayClient.WithBasic(house.Gateway.Url, "acme", "acme-acme-acme-acme-acme-acme-acme");
            house.Globex = GatewayClient.WithApiKey(house.Gateway.Url, "globex-globex-globex-globex-globex");
            house.AcmeSubscription = await house.SubscribeAsync(house.Acme, "/acme");
            house.GlobexSubscription = await house.SubscribeAsync(house.Globex, "/globex");
            return house;
        }

        public async Task CreateOrderAsync(string item) =>
            await Globex.CallAsync(HttpMethod.Post, "/orders", HttpStatusCode.Created, new JsonObject { ["item"] = item });

        public static async Task<JsonArray> ListAsync(GatewayClient consumer) =>
            (await consumer.CallAsync(HttpMethod.Get, "/orders/subscriptions", HttpStatusCode.OK))!["items"]!.AsArray();

        /// <returns>The new secret.</returns>
        public async Task<string> RotateAsync(string overlap) =>
            (string)(await Acme.CallAsync(HttpMethod.Post, AcmeSubscription.Path + "/rotate-secret", HttpStatusCode.OK, new JsonObject { ["overlap"] = overlap }))!["secret"]!;

        public async Task ReceivedAsync(string path, int count)
        {
            await Eventually.TrueAsync(() => Receiver.At(path).Count >= count, () => $"{count} callbacks at {path}; there are {Receiver.At(path).Count}");
            Assert.Equal(count, Receiver.At(path).Count);
            Assert.All(Receiver.At(path), call => Assert.True(call.Verified, $"{call.EventType} at {path} is not verified"));
        }

        public Task NothingMoreAsync(string path, int count) =>
            Eventually.NeverAsync(() => Receiver.At(path).Count != count, () => $"{Receiver.At(path).Count} callbacks at {path} instead of {count}", TimeSpan.FromSeconds(1));

        /// <summary>How many callbacks had been started, once those under way have ended.</summary>
        public async Task<int> SettledAsync(string path)
        {
            var (count, since) = (-1, DateTimeOffset.UtcNow);
            await Eventually.TrueAsync(
                () =>
                {
                    if (Receiver.At(path).Count is var now && now != count)
                    {
                        (count, since) = (now, DateTimeOffset.UtcNow);
                    }

                    return DateTimeOffset.UtcNow - since > TimeSpan.FromMilliseconds(300);
                },
                () => $"no more callbacks at {path}");
            return count;
        }

        public async ValueTask DisposeAsync()
        {
            Acme.Dispose();
            Globex.Dispose();
            await Gateway.DisposeAsync();
            await Receiver.DisposeAsync();
            await shop.DisposeAsync();
            scratch.Dispose();
        }

        private async Task<Subscribed> SubscribeAsync(GatewayClient consumer, string path)
        {
            var subscribed = await consumer.SubscribeAsync("/orders", Receiver.Url + path);
            Receiver.Trust(path, subscribed.Secret);
            return subscribed;
        }
    }
}
