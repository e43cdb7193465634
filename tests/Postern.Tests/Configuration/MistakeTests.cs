using Postern.Configuration;

namespace Postern.Tests.Configuration;

public sealed class MistakeTests
{
    private const string Consumer = "consumers: { a: { credentials: [{ type: api-key, key: k }] } }";

    /// <summary>Each line stands below a good file of three lines: its own line is 4.</summary>
    [Theory]
    [InlineData("gatway: {}", "gatway", "Did you mean 'gateway'?")]
    [InlineData("colour: red", "colour", "Known here: gateway, admin")]
    [InlineData("gateway: { Listen: http://127.0.0.1:1 }", "gateway.Listen", "Did you mean 'listen'?")]
    [InlineData("apis: {}", "apis", "twice, first on line 1")]
    [InlineData("gateway: 5", "gateway", "must be a mapping with the keys listen, certificate, clientCertificates, strictTransportSecurity, maxEventBytes, maxConnections, addresses, trustedProxies, subscriptions, idempotency, drain, not a single value")]
    [InlineData("callbacks: [1]", "callbacks", "not a list")]
    [InlineData("store: [a]", "store", "must be sqlite:PATH or postgres://…, not a list")]
    [InlineData("store: ", "store", "is empty")]
    [InlineData("store: 'sqlite:'", "store", "names no file")]
    [InlineData("store: postgres://db/x", "store", "names no user: write postgres://USER:PASSWORD@HOST:5432/DATABASE.")]
    [InlineData("store: postgres://a@db", "store", "names no database: write postgres://USER:PASSWORD@HOST:5432/DATABASE.")]
    [InlineData("store: postgres://a@/x", "store", "is no URL of a PostgreSQL database")]
    [InlineData("store: postgresql://a:b@db/x?sslmode=prefer", "store", "has the parameter sslmode, which is not understood so")]
    [InlineData("store: postgres://a@db/x?schema=y", "store", "has the parameter schema")]
    [InlineData("store: postgres://a:b@db/x", "secrets.key", "is needed with a PostgreSQL store", 1)]
    [InlineData("store: mysql://db/x", "store", "is not a store: there are sqlite:PATH")]
    [InlineData("hub: kafka", "hub", "is not a hub: write embedded, or the address of a RabbitMQ broker")]
    [InlineData("hub: amqp://mq/a/b", "hub", "is not a hub")]
    [InlineData("hub: { url: [embedded, amqp://mq] }", "hub", "has what only a broker needs")]
    [InlineData("hub: { password: secret }", "hub", "has what only a broker needs")]
    [InlineData("hub: { url: [amqp://a, amqps://b] }", "hub.url", "all belong to one RabbitMQ")]
    [InlineData("hub: { url: amqp://mq, username: postern }", "hub", "says twice or by half who Postern is")]
    [InlineData("hub: { url: 'amqp://postern:secret@mq', password: secret }", "hub", "says twice or by half who Postern is")]
    [InlineData("hub: { url: amqp://mq, ca: nowhere.pem }", "hub.url", "is without TLS: write amqps://")]
    [InlineData("hub: { url: amqps://mq, ca: nowhere.pem }", "hub.ca", "cannot be read")]
    [InlineData("hub: { url: amqp://mq, partitions: 0 }", "hub.partitions", "is not a whole number from 1 to 256")]
    [InlineData("hub: { url: amqp://mq, queues: 'a b' }", "hub.queues", "a b")]
    [InlineData("roles: [gateway]", "roles", "lacks subscriptions, listener, callbacks, and no other process can open this store")]
    [InlineData("roles: [gateway, subscriptions, listener, calbacks]", "roles[3]", "Did you mean 'callbacks'?")]
    [InlineData("roles: [gateway, subscriptions, listener, callbacks, dashbord]", "roles[4]", "dashboard")]
    [InlineData("gateway: { listen: localhost:8080 }", "gateway.listen", "is not an address to listen on")]
    [InlineData("gateway: { listen: 'http://*:8080' }", "gateway.listen", "http://0.0.0.0:PORT")]
    [InlineData("gateway: { listen: http://gateway:8080 }", "gateway.listen", "IP address")]
    [InlineData("gateway: { listen: http://127.0.0.1:8080/x }", "gateway.listen", "more than host and port")]
    [InlineData("gateway: { listen: http://0.0.0.0:8080 }", "gateway.listen", "there are no consumers")]
    [InlineData("gateway: { listen: 'http://127.0.0.1:8081' }", "gateway.listen", "takes the port of admin.listen")]
    [InlineData("admin: { listen: 'http://localhost:8080' }", "admin.listen", "takes the port of gateway.listen")]
    [InlineData("gateway: { listen: 'http://127.0.0.1:5080' }", "apis.shop.upstream", "this gateway itself", 3)]
    [InlineData("gateway: { maxEventBytes: 1MB }", "gateway.maxEventBytes", "'1MB' is not a size")]
    [InlineData("gateway: { maxEventBytes: 1GiB }", "gateway.maxEventBytes", "out of range: give 1KiB to 64MiB")]
    [InlineData("gateway: { maxConnections: many }", "gateway.maxConnections", "whole number from 1 to 1000000")]
    [InlineData("gateway: { maxConnections: 0 }", "gateway.maxConnections", "whole number from 1 to 1000000")]
    [InlineData("limits: { address: { rate: 5 } }", "limits.address.rate", "is not a rate: write calls and their time, 100/s")]
    [InlineData("limits: { address: { rate: 2000000/s } }", "limits.address.rate", "up to 1000000 of them")]
    [InlineData("limits: { global: { burst: 5 } }", "limits.global.burst", "needs a rate")]
    [InlineData("gateway: { trustedProxies: [10.1.0.0/8] }", "gateway.trustedProxies[0]", "has bits set behind the first 8")]
    [InlineData("gateway: { addresses: { allow: [10.0.0.0/8:80] } }", "gateway.addresses.allow[0]", "has a port")]
    [InlineData("admin: { addresses: { deny: [nowhere] } }", "admin.addresses.deny[0]", "is not a block of addresses: write 10.1.0.0/16")]
    [InlineData("secrets: { keys: [{ id: a, key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= }, { id: a, key: AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= }] }", "secrets.keys[1].id", "names another key too")]
    [InlineData("secrets: { keys: [{ id: a, key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= }, { id: b, key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= }] }", "secrets.keys[1].key", "same as that of an earlier entry")]
    [InlineData("secrets: { keys: [{ id: a, key: c2hvcnQ= }] }", "secrets.keys[0].key", "is not 32 bytes in base64")]
    [InlineData("admin: { listen: http://0.0.0.0:8081 }", "admin.listen", "set admin.token")]
    [InlineData("admin: { token: $env:NOT_SET }", "admin.token", "NOT_SET is not set")]
    [InlineData("admin: { token: $env:EMPTY }", "admin.token", "EMPTY is empty")]
    [InlineData("admin: { token: $file:no-such-file }", "admin.token", "no-such-file cannot be read")]
    [InlineData("admin: { token: '$file:' }", "admin.token", "names no file")]
    [InlineData("admin: { token: x$env:HOME }", "admin.token", "must be the whole value")]
    [InlineData("admin: { token: $ENV:HOME }", "admin.token", "must be the whole value")]
    [InlineData("admin: { token: ' $env:HOME' }", "admin.token", "must be the whole value")]
    [InlineData("admin: { token: '' }", "admin.token", "is empty")]
    [InlineData("admin: { token: ~ }", "admin.token", "is empty")]
    [InlineData("admin: { token: 'two words' }", "admin.token", "a header cannot carry it")]
    [InlineData("egress: { allow: [10.0.0.0/33] }", "egress.allow[0]", "not a block")]
    [InlineData("egress: { allow: [10.1/16] }", "egress.allow[0]", "not a block")]
    [InlineData("egress: { allow: [10.1.2.3/16] }", "egress.allow[0]", "starts at 10.1.0.0/16")]
    [InlineData("egress: { allow: ['10.1.0.0/16:0'] }", "egress.allow[0]", "port")]
    [InlineData("egress: { allow: 'example.com' }", "egress.allow", "not a block")]
    [InlineData("callbacks: { timeout: 15 }", "callbacks.timeout", "'15' is not a duration")]
    [InlineData("callbacks: { timeout: 2m }", "callbacks.timeout", "out of range: give 1s to 1m")]
    [InlineData("callbacks: { retry: { schedule: [0s, soon] } }", "callbacks.retry.schedule[1]", "'soon' is not a duration")]
    [InlineData("callbacks: { retry: { schedule: [] } }", "callbacks.retry.schedule", "give 1 to 50")]
    [InlineData("callbacks: { retry: { schedule: [0s] } }", "callbacks.retry.schedule", "add one, or say giveUpAfter: 0s for a single attempt")]
    [InlineData("callbacks: { retry: { schedule: [0s, 0s] } }", "callbacks.retry.schedule[1]", "a waiting time is 1ms or longer")]
    [InlineData("callbacks: { retry: { schedule: [5s, 1m] } }", "callbacks.retry.schedule[0]", "the first attempt is made at once: begin the schedule with 0s")]
    [InlineData("callbacks: { retry: { schedule: 5s } }", "callbacks.retry.schedule", "must be a list")]
    [InlineData("callbacks: { retry: { schedule: [0s, 1m], backoff: { factor: 3 } } }", "callbacks.retry.backoff", "give one of the two")]
    [InlineData("callbacks: { retry: { backoff: { factor: 0.5 } } }", "callbacks.retry.backoff.factor", "is not a number from 1 to 10")]
    [InlineData("callbacks: { retry: { backoff: { initial: 1h, max: 1m } } }", "callbacks.retry.backoff.max", "is shorter than backoff.initial (1h)")]
    [InlineData("callbacks: { retry: { giveUpAfter: 31d } }", "callbacks.retry.giveUpAfter", "out of range")]
    [InlineData("callbacks: { retry: { statuses: [5xx, 200] } }", "callbacks.retry.statuses[1]", "a 2xx is always delivered")]
    [InlineData("callbacks: { retry: { notStatuses: 410 } }", "callbacks.retry.notStatuses", "ends the subscription")]
    [InlineData("callbacks: { retry: { notStatuses: [gone] } }", "callbacks.retry.notStatuses[0]", "write one such as 429, or a class such as 5xx")]
    [InlineData("callbacks: { retry: { statuses: [404], notStatuses: [404] } }", "callbacks.retry.notStatuses", "stands in statuses too")]
    [InlineData("callbacks: { retry: { jitter: 1.5 } }", "callbacks.retry.jitter", "number from 0 to 1")]
    [InlineData("retention: { events: forever }", "retention.events", "or never")]
    [InlineData("retention: { dead: 59m }", "retention.dead", "1h to 87600h, or never")]
    [InlineData("retention: { maxBytes: 1MiB }", "retention.maxBytes", "16MiB to 1024GiB")]
    [InlineData("gateway: { idempotency: 30s }", "gateway.idempotency", "1m to 720h")]
    [InlineData("secrets: { key: c2hvcnQ= }", "secrets.key", "openssl rand -base64 32")]
    [InlineData("consumers: { a b: { credentials: [{ type: api-key, key: k }] } }", "consumers[\"a b\"]", "is not a name")]
    [InlineData("consumers: { anonymous: { credentials: [{ type: api-key, key: k }] } }", "consumers.anonymous", "without credentials")]
    [InlineData("consumers: { a: {} }", "consumers.a.credentials", "is missing")]
    [InlineData("consumers: { a: { credentials: [{ type: basic, username: u }] } }", "consumers.a.credentials[0].password", "is missing")]
    [InlineData("consumers: { a: { credentials: [{ type: basic, username: 'u:v', password: p }] } }", "consumers.a.credentials[0].username", "colon")]
    [InlineData("consumers: { a: { credentials: [{ type: apikey, key: k }] } }", "consumers.a.credentials[0].type", "Did you mean 'api-key'?")]
    [InlineData("consumers: { a: { credentials: [{ key: k }] } }", "consumers.a.credentials[0].type", "give basic or api-key")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, key: k }] }, b: { credentials: [{ type: api-key, key: k }] } }", "consumers.b.credentials", "a has the same API key too")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, key: k }, { type: api-key, key: k }] } }", "consumers.a.credentials", "a has the same API key twice")]
    [InlineData("consumers: { a: { credentials: [{ type: basic, username: u, password: p }] }, b: { credentials: [{ type: basic, username: u, password: q }] } }", "consumers.b.credentials", "a has the username 'u' too")]
    [InlineData("consumers: { a: { credentials: [{ type: basic, username: u, hash: 'hush' }] } }", "consumers.a.credentials[0].hash", "postern hash-password")]
    [InlineData("consumers: { a: { credentials: [{ type: basic, username: u, hash: '$pbkdf2-sha256$i=1000$c2FsdHNhbHRzYWx0c2FsdA$c2FsdA' }] } }", "consumers.a.credentials[0].hash", "600000 to 10000000 iterations")]
    [InlineData("consumers: { a: { credentials: [{ type: basic, username: u, password: 'env:ACME_PASSWORD' }] } }", "consumers.a.credentials[0].password", "a reference that nothing replaced")]
    [InlineData("consumers: { a: { credentials: [{ type: basic, username: u, password: '${ACME_PASSWORD}' }] } }", "consumers.a.credentials[0].password", "a reference that nothing replaced")]
    [InlineData("consumers: { a: { credentials: [{ type: basic, username: u, password: '' }] } }", "consumers.a.credentials[0].password", "is empty")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key }] } }", "consumers.a.credentials[0].key", "lets everybody in")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, key: '$env' }] } }", "consumers.a.credentials[0].key", "a reference that nothing replaced")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, key: pk_0123456789_abc }] } }", "consumers.a.credentials[0].key", "was not copied whole")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, digest: abc }] } }", "consumers.a.credentials[0].digest", "64 hexadecimal digits")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, key: k, expires: tomorrow }] } }", "consumers.a.credentials[0].expires", "2027-01-31T12:00:00Z")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, key: k, expires: 2027-01-31T12:00:00 }] } }", "consumers.a.credentials[0].expires", "with its offset")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, key: k, id: x }, { type: api-key, key: l, id: x }] } }", "consumers.a.credentials[1].id", "names another credential of a too")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, key: k }] }, b: { credentials: [{ type: api-key, digest: 8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a }] } }", "consumers.b.credentials", "a has the same API key too")]
    [InlineData("consumers: { a: { scopes: [subscibe], credentials: [{ type: api-key, key: k }] } }", "consumers.a.scopes[0]", "Did you mean 'subscribe'?")]
    [InlineData("consumers: { a: { scopes: ['subscribe:orders'], credentials: [{ type: api-key, key: k }] } }", "consumers.a.scopes[0]", "stands a path at the gateway")]
    [InlineData("consumers: { a: { scopes: ['publish:/orders'], credentials: [{ type: api-key, key: k }] } }", "consumers.a.scopes[0]", "stands an event type")]
    [InlineData("consumers: { a: { credentials: [{ type: api-key, key: k, scopes: publish }] } }", "consumers.a.credentials[0].scopes", "is more than the consumer may do (subscribe)")]
    [InlineData("identity: { header: Authorization }", "identity.header", "a meaning of its own")]
    [InlineData("identity: { header: X_Who }", "identity.header", "is not the name of a header")]
    [InlineData("identity: { credentialHeader: x-consumer-name }", "identity.credentialHeader", "is identity.header too")]
    public void A_mistake_is_reported_with_its_path_and_line(string line, string path, string message, int at = 4)
    {
        var error = Loading.Only(Loading.Load(Loading.Good + "\n" + line, ("EMPTY", "")));
        Assert.Equal((path, at), (error.Path, error.Line));
        Assert.Contains(message, error.Message);
        Assert.EndsWith("postern.yaml", error.Origin);
    }

    /// <summary>Each line is line 4, inside of the API.</summary>
    [Theory]
    [InlineData("path: shop", "apis.shop.path", "start with '/'")]
    [InlineData("path: /a//b", "apis.shop.path", "empty segment")]
    [InlineData("path: /events", "apis.shop.path", "the gateway's own word")]
    [InlineData("resources:", "apis.shop.resources", "write {} for none")]
    [InlineData("resources: { orders: {} }", "apis.shop.resources.orders", "start with '/'")]
    [InlineData("resources: { '/orders/{id}': {} }", "apis.shop.resources./orders/{id}", "every record of a resource is meant anyway")]
    [InlineData("resources: { /orders: {}, /orders/: {} }", "apis.shop.resources./orders/", "'/orders/' means '/orders'")]
    [InlineData("resources: { '/a/{x}/b': {}, '/a/{y}/b': {} }", "apis.shop.resources./a/{y}/b", "covers the same paths as '/a/{x}/b'")]
    [InlineData("resources: { /orders/subscriptions: {} }", "apis.shop.resources./orders/subscriptions", "rename the word with apis.shop.words.subscriptions")]
    [InlineData("resources: { /orders: { events: } }", "apis.shop.resources./orders.events", "by convention")]
    [InlineData("resources: { /orders: { events: { 'a b': POST } } }", "apis.shop.resources./orders.events[\"a b\"]", "not a name of an event type")]
    [InlineData("resources: { /orders: { events: { a: POST, a: PUT } } }", "apis.shop.resources./orders.events.a", "is there twice")]
    [InlineData("resources: { /orders: { events: { a: POST, b: [PUT, POST] } } }", "apis.shop.resources./orders.events.b", "POST makes 'a' already")]
    [InlineData("resources: { /orders: { events: { a: [POST, POST] } } }", "apis.shop.resources./orders.events.a", "POST is there twice")]
    [InlineData("resources: { /orders: { events: { a: POTS } } }", "apis.shop.resources./orders.events.a", "Did you mean 'POST'?")]
    [InlineData("resources: { /orders: { events: { a: GET } } }", "apis.shop.resources./orders.events.a", "not a method that changes something")]
    [InlineData("resources: { /orders: { schemas: { orders.created: none.json } } }", "apis.shop.resources./orders.schemas[\"orders.created\"]", "cannot be read")]
    [InlineData("resources: { /orders: { schemas: { orders.created: postern.yaml } } }", "apis.shop.resources./orders.schemas[\"orders.created\"]", "is not JSON")]
    [InlineData("capture: { mode: strickt }", "apis.shop.capture.mode", "Did you mean 'strict'?")]
    [InlineData("words: { subscribe: a/b }", "apis.shop.words.subscribe", "one segment")]
    [InlineData("words: { unsubscribe: subscribe }", "apis.shop.words.unsubscribe", "is the word for subscribe too")]
    public void A_mistake_in_an_API_is_reported_with_its_path_and_line(string line, string path, string message)
    {
        var error = Loading.Only(Loading.Load(Loading.Good + "\n    " + line));
        Assert.Equal((path, 4), (error.Path, error.Line!.Value));
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("apis: { shop: {} }", "apis.shop.upstream", "is missing")]
    [InlineData("apis: { shop: { upstream: [] } }", "apis.shop.upstream", "give 1 to 100")]
    [InlineData("apis: { shop: { upstream: 127.0.0.1:80 } }", "apis.shop.upstream", "not the address of an API")]
    [InlineData("apis: { shop: { upstream: ftp://a } }", "apis.shop.upstream", "not the address of an API")]
    [InlineData("apis: { shop: { upstream: 'http://a?b=c' } }", "apis.shop.upstream", "a query")]
    [InlineData("apis: { a: { upstream: http://a.example }, b: { upstream: http://b.example } }", "apis.b.path", "path of the API 'a' too")]
    [InlineData("apis: {}", "apis", "no API to put a gateway in front of")]
    [InlineData("", "apis", "no API to put a gateway in front of")]
    [InlineData("# nothing yet", "apis", "no API to put a gateway in front of")]
    [InlineData("- a", "(file)", "must be a mapping")]
    [InlineData("apis: { a: { upstream: *nowhere } }", "(file)", "&nowhere")]
    [InlineData("apis: ]", "(file)", "this is not YAML")]
    [InlineData("apis: { shop: { upstream: http://a.example } }\tx: }", "(file)", "this is not YAML")]
    public void A_file_that_cannot_run_says_why(string yaml, string path, string message)
    {
        var result = Loading.Load(yaml);
        Assert.Null(result.Configuration);
        var error = result.Errors.First(error => error.Path == path);
        Assert.Equal(1, error.Line);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Seven_different_mistakes_in_one_file_give_seven_errors()
    {
        var result = Loading.Load(
            """
            gatway: {}
            store: postgres://db
            callbacks:
              timeout: 15
            egress:
              allow: [10.0.0.1/8]
            apis:
              shop:
                upstream: ftp://shop
                resources:
                  /orders: { events: { orders.created: POKE } }
            consumers:
              acme:
                credentials:
                  - { type: basic, username: acme, password: $env:ACME_PASSWORD }
            """);
        Assert.Equal(
            [
                (1, "gatway"), (2, "store"), (4, "callbacks.timeout"), (6, "egress.allow[0]"), (9, "apis.shop.upstream"),
                (11, "apis.shop.resources./orders.events[\"orders.created\"]"), (15, "consumers.acme.credentials[0].password"),
            ],
            result.Errors.Select(error => (error.Line!.Value, error.Path)));
    }

    [Fact]
    public void A_mistake_does_not_bring_others_that_follow_from_it()
    {
        Assert.Equal("apis.shop.upstrea", Loading.Only(Loading.Load("apis: { shop: { upstrea: http://a.example } }")).Path);
        Assert.Equal("apis", Loading.Only(Loading.Load("apis: [shop]")).Path);
        Assert.Equal("consumers", Loading.Only(Loading.Load(Loading.Good + "\nconsumers: [a]\ngateway: { listen: http://0.0.0.0:8080 }")).Path);
        Assert.Equal(
            "admin.token", Loading.Only(Loading.Load(Loading.Good + "\nadmin: { listen: http://0.0.0.0:8081, token: $env:NOT_SET }")).Path);
    }

    [Fact]
    public void With_consumers_and_a_token_both_ports_may_be_reached_from_outside() =>
        Loading.Accepted(Loading.Load(
            Loading.Good + "\n" + Consumer + "\ngateway: { listen: http://0.0.0.0:8080 }\nadmin: { listen: http://0.0.0.0:8081, token: t }"));

    [Fact]
    public void A_renamed_word_shadows_nothing_any_more() =>
        Loading.Accepted(Loading.Load(Loading.Good + "\n    resources: { /events: {} }\n    words: { events: happenings }"));

    [Fact]
    public void A_secret_is_never_in_a_message()
    {
        var result = Loading.Load(
            Loading.Good + "\nadmin: { token: 'hush hush' }\nsecrets: { key: $env:KEY }\ngateway: { listen: $env:LISTEN }\n"
            + "consumers: { a: { credentials: [{ type: api-key, key: 'hush hush' }] }, b: { credentials: [{ type: basic, username: u, password: \"hush\\n\" }] } }",
            ("KEY", "hush"), ("LISTEN", "hush"));
        Assert.Equal(5, result.Errors.Count);
        Assert.DoesNotContain(result.Errors, error => error.ToString().Contains("hush", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_not_there_says_what_to_do() =>
        Assert.Contains("--config", Loading.Only(Loading.Source("/nowhere/postern.yaml").Load()).Message);
}
