using Postern.Configuration;
using Postern.Configuration.Values;
using Postern.Model.Retries;

namespace Postern.Tests.Configuration;

public sealed class ReadingTests
{
    [Fact]
    public void What_the_file_says_is_what_runs()
    {
        var configuration = Loading.Accepted(Loading.Load(
            """
            gateway: { listen: http://127.0.0.1:9000, maxEventBytes: 2MiB, maxConnections: 5 }
            admin: { listen: "http://[::1]:9001", token: t }
            store: sqlite:here.db
            egress: { allow: [10.1.0.0/16, 10.2.0.0/16:8443, 10.0.0.1, "fd00::/8", "[::1]:9"] }
            callbacks: { timeout: 1500ms, retry: { schedule: [0, 90s, 1h30m, 1d], jitter: 0.5 }, concurrency: 2, secretOverlap: 2h }
            secrets: { key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= }
            apis:
              shop:
                upstream: [http://127.0.0.1:5080/base/, "https://example.com"]
                path: /shop/
                retry: { backoff: { initial: 10s, factor: 1.5 }, giveUpAfter: 12h, statuses: [429, 5xx] }
                resources:
                  /orders: {}
                  /customers/{customer}/notes:
                    keyField: number
                    events: { notes.made: post, notes.changed: [PUT, PATCH] }
                capture: { mode: best-effort, data: none, maxBodyBytes: 65536 }
                words: { events: happenings }
            consumers:
              acme: { credentials: [{ type: basic, username: acme, password: 12345 }, { type: api-key, key: k }] }
            """));
        Assert.Equal(new GatewayConfiguration { Listen = "http://127.0.0.1:9000", MaxEventBytes = 2 * 1024 * 1024, MaxConnections = 5 }, configuration.Gateway);
        Assert.Equal(new AdminConfiguration { Listen = "http://[::1]:9001", Token = "t" }, configuration.Admin);
        Assert.Equal("sqlite:here.db", configuration.Store);
        Assert.Equal(["10.1.0.0/16", "10.2.0.0/16:8443", "10.0.0.1/32", "fd00::/8", "::1/128:9"], configuration.Egress.Allow);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), configuration.Callbacks.Timeout);
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(90), TimeSpan.FromDays(1)], configuration.Callbacks.Retry.Schedule!);
        Assert.Equal((0.5, 2, TimeSpan.FromHours(2)), (configuration.Callbacks.Retry.Jitter!.Value, configuration.Callbacks.Concurrency, configuration.Callbacks.SecretOverlap));
        Assert.Equal("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", configuration.Secrets.Key);
        var api = configuration.Apis["shop"];
        Assert.Equal(["http://127.0.0.1:5080/base", "https://example.com"], api.Upstream);
        Assert.Equal("/shop", api.Path);
        Assert.Equivalent(
            new RetrySettings
            {
                Backoff = new RetryBackoff { Initial = TimeSpan.FromSeconds(10), Factor = 1.5 }, GiveUpAfter = TimeSpan.FromHours(12), Statuses = ["429", "5xx"],
            },
            api.Retry, strict: true);
        Assert.Equal(["/orders", "/customers/{customer}/notes"], api.Resources!.Keys);
        Assert.Null(api.Resources["/orders"].Events);
        var notes = api.Resources["/customers/{customer}/notes"];
        Assert.Equal("number", notes.KeyField);
        Assert.Equal(["POST"], notes.Events!["notes.made"]);
        Assert.Equal(["PUT", "PATCH"], notes.Events["notes.changed"]);
        Assert.Equal(new CaptureConfiguration { Mode = CaptureMode.BestEffort, Data = CaptureData.None, MaxBodyBytes = 65536 }, api.Capture);
        Assert.Equal(new ReservedWords { Events = "happenings" }, api.Words);
        Assert.Equal(
            [new CredentialConfiguration.Basic("acme", "12345"), new CredentialConfiguration.ApiKey("k")], configuration.Consumers["acme"].Credentials);
    }

    [Fact]
    public void A_hub_is_its_address_alone_or_what_goes_with_it()
    {
        var alone = Loading.Accepted(Loading.Load("hub: amqp://postern:secret@mq/events\napis: { shop: { upstream: 'http://127.0.0.1:1' } }")).Hub;
        var full = Loading.Accepted(Loading.Load(
            """
            hub: { url: [amqps://one, "amqps://two:5699"], username: postern, password: secret, queues: shop, partitions: 64 }
            apis: { shop: { upstream: 'http://127.0.0.1:1' } }
            """)).Hub;

        Assert.Equal(["amqp://postern:secret@mq/events"], alone.Url);
        Assert.Equal((16, "postern.callbacks"), (alone.Partitions, alone.Queues));
        Assert.Equal(["amqps://one", "amqps://two:5699"], full.Url);
        Assert.Equal(("postern", "secret", "shop", 64), (full.Username, full.Password, full.Queues, full.Partitions));
    }

    [Theory]
    [InlineData("amqp://mq", false, "mq", 5672, "/", null, null)]
    [InlineData("amqps://mq/", true, "mq", 5671, "/", null, null)]
    [InlineData("amqp://us%40er:p%2Fw@127.0.0.1:10000/events", false, "127.0.0.1", 10000, "events", "us@er", "p/w")]
    [InlineData("amqps://user@[::1]:1/%2Fnested", true, "::1", 1, "/nested", "user", null)]
    public void The_address_of_a_broker_says_how_to_reach_it(string text, bool tls, string host, int port, string virtualHost, string? username, string? password) =>
        Assert.Equal(new BrokerAddress(tls, host, port, virtualHost, username, password), BrokerAddress.Of(text));

    [Fact]
    public void What_the_file_leaves_out_has_its_default()
    {
        var configuration = Loading.Accepted(Loading.Load(Loading.Good + "\ngateway:\nconsumers:\n"));
        Assert.Equal(new GatewayConfiguration(), configuration.Gateway);
        Assert.Empty(configuration.Consumers);
        Assert.Null(configuration.Apis["shop"].Resources);
    }

    [Fact]
    public void An_anchor_stands_for_what_it_marks() =>
        Assert.Equal(
            ["http://a.example"],
            Loading.Accepted(Loading.Load("apis: { a: { upstream: &it http://a.example }, b: { upstream: *it, path: /b } }")).Apis["b"].Upstream);

    [Fact]
    public void A_reference_is_the_whole_value_of_a_variable_or_a_file()
    {
        using var folder = new TemporaryFolder();
        folder.Write("password", "s3cret $env:NOT_A_REFERENCE\r\n");
        var path = folder.Write("postern.yaml", Loading.Good + "\nadmin: { token: $env:TOKEN }\nconsumers: { a: { credentials: [{ type: basic, username: a, password: $file:password }] } }");
        var result = Loading.Source(path, null, ("TOKEN", "t0ken")).Load();
        var configuration = Loading.Accepted(result);
        Assert.Equal("t0ken", configuration.Admin.Token);
        Assert.Equal(new CredentialConfiguration.Basic("a", "s3cret $env:NOT_A_REFERENCE"), configuration.Consumers["a"].Credentials[0]);
        Assert.Equal([path, folder.Of("password")], result.Files.Select(file => file.Path));
    }

    [Fact]
    public void A_schema_file_is_named_by_its_absolute_path()
    {
        using var folder = new TemporaryFolder();
        var schema = folder.Write("order.json", "{}");
        var path = folder.Write("postern.yaml", "apis: { shop: { upstream: http://a.example, resources: { /orders: { schemas: { orders.created: order.json } } } } }");
        Assert.Equal(schema, Loading.Accepted(Loading.Source(path).Load()).Apis["shop"].Resources!["/orders"].Schemas["orders.created"]);
    }

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        var sample = File.ReadAllText(Repository.File("samples/postern.yaml"));
        var random = new Random(20261123);
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 1_000; round++)
        {
            var text = sample.ToCharArray().ToList();
            for (var edit = random.Next(1, 6); edit > 0; edit--)
            {
                var at = random.Next(text.Count);
                if (random.Next(2) == 0)
                {
                    text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at));
                }
                else
                {
                    text.Insert(at, "{}[]:,&*!|>'\"%@`-?#\t\n\0\u0085\uFEFF"[random.Next(21)]);
                }
            }

            var result = Loading.Source(folder.Write("postern.yaml", new string([.. text]))).Load();
            Assert.All(result.Errors, error => Assert.True(error.Line > 0));
        }
    }
}
