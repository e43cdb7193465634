using System.ComponentModel;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Postern.Configuration;
using Postern.Hosting;
using Postern.Operations;
using Postern.Ports;
using Postern.Tests.Monitoring;

namespace Postern.Tests.Operations;

public sealed class OpenApiDocumentTests
{
    private static readonly GatewayOperations Gateway = new(
    [
        Call("subscribe", "POST", "/{resource}/subscribe") with { Request = typeof(Wish), Subscribes = true, Responses = [new OperationResponse(201, "Subscribed.", typeof(Taken))] },
        Call("readSubscription", "GET", "/{resource}/subscriptions/{id}") with { Responses = [new OperationResponse(200, "It.", typeof(Taken)), new OperationResponse(404, "None.")] },
        Call("removeSubscription", "DELETE", "/{resource}/subscriptions/{id}") with { Responses = [new OperationResponse(204, "Removed.")] },
        Call("publish", "POST", "/events") with
        {
            Tag = "Events", RequestMediaTypes = ["application/cloudevents+json", "application/cloudevents-batch+json", "*/*"],
            Responses = [new OperationResponse(202, "Staged.")],
        },
    ]);

    private readonly JsonObject document = OpenApiDocument.Create(Gateway, new AdminOperations([Call("listEvents", "GET", "/api/events") with { Tag = "Events" }]), new PosternConfiguration());

    /// <summary>The document of the committed tables; written anew with <c>POSTERN_UPDATE_REFERENCES=1</c>.</summary>
    [Fact]
    public async Task The_committed_document_is_what_the_tables_say()
    {
        // The tables of the real composition; only its store is one of lists.
        var configuration = new PosternConfiguration { Secrets = new SecretsConfiguration { Key = Convert.ToBase64String(new byte[32]) } };
        var loaded = new LoadedConfiguration(configuration, new ConfigurationSource { Environment = new Dictionary<string, string>() }, []);
        await using var services = new ServiceCollection().AddLogging().AddPostern(loaded).AddSingleton<IStore>(new FakeStore()).BuildServiceProvider();
        CommittedFile.Matches("docs/reference/openapi.json", OpenApiText.Of(OpenApiDocument.Create(
            services.GetRequiredService<GatewayOperations>(), services.GetRequiredService<AdminOperations>(), new PosternConfiguration())));
    }

    [Fact]
    public async Task The_admin_port_serves_the_document()
    {
        await using var server = await AdminServer.StartAsync();
        var served = await server.GetAsync("/openapi.json");
        Assert.Equal("3.1.1", (string?)served["openapi"]);
        Assert.All(server.Service<AdminOperations>().All, operation => Assert.NotNull(served["paths"]![operation.Path]![operation.Method.ToLowerInvariant()]));
    }

    [Fact]
    public void Every_reference_leads_somewhere_and_every_operation_id_is_unique()
    {
        List<string> ids = [];
        foreach (var node in Nodes(document).OfType<JsonObject>())
        {
            if (node["operationId"] is { } id)
            {
                ids.Add((string)id!);
            }

            if (node["$ref"] is { } reference)
            {
                var target = ((string)reference!).Split('/').Skip(1).Aggregate((JsonNode?)document, (at, step) => at?[step]);
                Assert.True(target is not null, (string)reference!);
            }
        }

        Assert.Equal(ids.Distinct(), ids);
        Assert.Contains("receiveEvent", ids);
    }

    [Fact]
    public void Calls_of_one_path_share_its_item_and_parameters()
    {
        var item = document["paths"]!["/{resource}/subscriptions/{id}"]!;
        Assert.NotNull(item["get"]);
        Assert.NotNull(item["delete"]);
        Assert.Equal(["resource", "id"], item["parameters"]!.AsArray().Select(parameter => (string?)parameter!["name"]));
        Assert.Contains("several segments", (string?)item["parameters"]![0]!["description"], StringComparison.Ordinal);
    }

    [Fact]
    public void Each_port_has_its_server_and_its_credentials()
    {
        Assert.Equal("http://127.0.0.1:8080", (string?)document["paths"]!["/events"]!["servers"]![0]!["url"]);
        Assert.Equal("http://127.0.0.1:8081", (string?)document["paths"]!["/api/events"]!["servers"]![0]!["url"]);
        Assert.Equal(["basic", "apiKey", "token", "certificate", "httpSignature"], Schemes("/events", "post"));
        Assert.Equal(["adminToken", "certificate"], Schemes("/api/events", "get"));
    }

    [Fact]
    public void A_record_becomes_one_component_with_its_descriptions()
    {
        var schemas = document["components"]!["schemas"]!;
        Assert.Equal("#/components/schemas/Wish", (string?)document["paths"]!["/{resource}/subscribe"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal("Where to call back.", (string?)schemas["Wish"]!["properties"]!["callback"]!["description"]);
        Assert.Equal(["callback"], schemas["Wish"]!["required"]!.AsArray().Select(name => (string?)name));
        Assert.Equal("#/components/schemas/Colour", (string?)schemas["Taken"]!["properties"]!["colour"]!["$ref"]);
        Assert.Equal("""{"type":"string","enum":["red","darkBlue"]}""", schemas["Colour"]!.ToJsonString());
        Assert.Equal("#/components/schemas/Taken", (string?)schemas["Taken"]!["properties"]!["before"]!["anyOf"]![0]!["$ref"]);
    }

    [Fact]
    public void What_callers_send_is_closed_and_what_they_get_may_grow()
    {
        var schemas = document["components"]!["schemas"]!;
        Assert.False((bool)schemas["Wish"]!["additionalProperties"]!);
        Assert.Null(schemas["Taken"]!["additionalProperties"]);
    }

    [Fact]
    public void Errors_are_problems()
    {
        foreach (var status in (string[])["401", "404", "default"])
        {
            var content = document["paths"]!["/{resource}/subscriptions/{id}"]!["get"]!["responses"]![status]!["content"]!;
            Assert.Equal("#/components/schemas/Problem", (string?)content["application/problem+json"]!["schema"]!["$ref"]);
        }
    }

    [Fact]
    public void A_subscribing_call_names_the_callback_that_follows()
    {
        var callback = document["paths"]!["/{resource}/subscribe"]!["post"]!["callbacks"]!["event"]!["{$request.body#/callback}"]!["post"]!;
        var webhook = document["webhooks"]!["event"]!["post"]!;
        foreach (var described in (JsonNode[])[callback, webhook])
        {
            var headers = described["parameters"]!.AsArray().Select(parameter => (string?)parameter!["name"]).ToList();
            Assert.Superset(new HashSet<string?> { "webhook-id", "webhook-timestamp", "webhook-signature", "ce-id", "ce-type", "ce-source" }, headers.ToHashSet());
            Assert.NotNull(described["requestBody"]!["content"]!["application/cloudevents+json"]);
            Assert.NotNull(described["requestBody"]!["content"]!["application/json"]);
        }
    }

    [Fact]
    public void Published_events_are_described_by_their_media_types()
    {
        var content = document["paths"]!["/events"]!["post"]!["requestBody"]!["content"]!;
        Assert.Equal("#/components/schemas/CloudEvent", (string?)content["application/cloudevents+json"]!["schema"]!["$ref"]);
        Assert.Equal("array", (string?)content["application/cloudevents-batch+json"]!["schema"]!["type"]);
    }

    [Fact]
    public void Two_records_of_one_name_are_refused()
    {
        var clash = new GatewayOperations([Call("a", "GET", "/a") with { Responses = [new OperationResponse(200, "A.", typeof(Taken)), new OperationResponse(201, "B.", typeof(Other.Taken))] }]);
        Assert.Throws<InvalidOperationException>(() => OpenApiDocument.Create(clash, new AdminOperations([]), new PosternConfiguration()));
    }

    private IEnumerable<string> Schemes(string path, string method) =>
        document["paths"]![path]![method]!["security"]!.AsArray().SelectMany(requirement => requirement!.AsObject().Select(scheme => scheme.Key));

    private static IEnumerable<JsonNode> Nodes(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(member => Nodes(member.Value)).Prepend(item),
        JsonArray array => array.SelectMany(Nodes).Prepend(array),
        null => [],
        _ => [node],
    };

    private static Operation Call(string id, string method, string path) => new()
    {
        Id = id, Method = method, Path = path, Tag = "Subscriptions", Summary = "Does " + id, Responses = [new OperationResponse(200, "Done.")],
        Handle = _ => Task.CompletedTask,
    };

    internal sealed record Wish
    {
        [Description("Where to call back.")]
        public required string Callback { get; init; }

        public Colour? Colour { get; init; }
    }

    internal sealed record Taken(string Id, Colour Colour, Taken? Before);

    internal enum Colour
    {
        Red = 0,
        DarkBlue = 1,
    }

    internal static class Other
    {
        internal sealed record Taken(int Number);
    }
}
