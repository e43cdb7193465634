using System.Text.Json.Nodes;
using Postern.Configuration;

namespace Postern.Tests.Configuration;

public sealed class SchemaTests
{
    [Fact]
    public void The_committed_schema_is_the_one_the_reader_reads_by() =>
        CommittedFile.Matches("docs/reference/postern.schema.json", ConfigurationSchema.Write());

    [Fact]
    public void Every_key_of_the_schema_has_a_description_and_the_defaults_are_those_of_the_program()
    {
        var schema = JsonNode.Parse(ConfigurationSchema.Write())!;
        Assert.All(Properties(schema), property => Assert.False(string.IsNullOrWhiteSpace((string?)property.Value!["description"]), property.Key));
        Assert.Equal("1MiB", (string?)schema["properties"]!["gateway"]!["properties"]!["maxEventBytes"]!["default"]);
        Assert.Equal("15s", (string?)schema["properties"]!["callbacks"]!["properties"]!["timeout"]!["default"]);
        Assert.Equal("strict", (string?)schema["properties"]!["apis"]!["additionalProperties"]!["properties"]!["capture"]!["properties"]!["mode"]!["default"]);
    }

    [Fact]
    public void The_sample_is_a_good_file() =>
        Loading.Accepted(Loading.Source(
            Repository.File("samples/postern.yaml"), null, ("ACME_PASSWORD", "a"), ("GLOBEX_KEY", "b"), ("POSTERN_ADMIN_TOKEN", "c")).Load());

    [Fact]
    public void The_sample_shows_every_key()
    {
        var sample = File.ReadAllText(Repository.File("samples/postern.yaml"));
        var missing = Properties(JsonNode.Parse(ConfigurationSchema.Write())!).Select(property => property.Key)
            .Distinct().Where(key => !sample.Contains(key + ":", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonNode? node) => node switch
    {
        JsonObject found => found.SelectMany(member => member.Key == "properties"
            ? member.Value!.AsObject().Concat(member.Value!.AsObject().SelectMany(property => Properties(property.Value)))
            : Properties(member.Value)),
        JsonArray array => array.SelectMany(Properties),
        _ => [],
    };
}
