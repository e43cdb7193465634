using Postern.Configuration;
using Postern.Model;
using Postern.Model.Access;

namespace Postern.Tests.Configuration;

public sealed class EventAudienceTests
{
    [Theory]
    [InlineData(null, "acme", true)]
    [InlineData("acme", "acme", true)]
    [InlineData("globex", "acme", false)]
    [InlineData("partners", "acme", true)]
    [InlineData("staff,partners", "acme", true)]
    [InlineData("partner", "acme", false)]
    [InlineData("Partners", "acme", false)]
    [InlineData("partners", "globex", false)] // It has no such scope.
    [InlineData("globex", "sly", false)] // The name of a consumer is not an audience, whatever a scope says.
    [InlineData("partners", "nobody", false)]
    [InlineData("nobody", "nobody", true)]
    public void An_event_is_shown_to_whom_its_audience_names_and_to_whose_scopes_name_it(string? audience, string consumer, bool shown)
    {
        var configuration = new PosternConfiguration
        {
            Consumers = new Dictionary<string, ConsumerConfiguration>
            {
                ["acme"] = With("subscribe", "audience:partners"), ["globex"] = With("subscribe", "publish"), ["sly"] = With("audience:globex"),
            },
        };
        var content = new EventContent { Source = "/orders", Type = "orders.created", Time = DateTimeOffset.UnixEpoch, Audience = audience?.Split(','), Data = default };

        Assert.Equal(shown, EventAudience.MaySee(configuration, content, consumer));
    }

    [Theory]
    [InlineData("[subscribe, \"audience:globex\"]", "consumers.acme.scopes", "names the consumer globex")]
    [InlineData("\"audience:anonymous\"", "consumers.acme.scopes", "names the consumer anonymous")]
    [InlineData("audience", "consumers.acme.scopes[0]", "after 'audience:' stands the name of an audience")]
    [InlineData("\"audience:*\"", "consumers.acme.scopes[0]", "after 'audience:' stands the name of an audience")]
    public void An_audience_that_cannot_be_meant_is_told(string scopes, string path, string message)
    {
        var error = Loading.Only(Loading.Load(
            $"{Loading.Good}\nconsumers: {{ acme: {{ scopes: {scopes}, credentials: [{{ type: api-key, key: k }}] }}, globex: {{ credentials: [{{ type: api-key, key: l }}] }} }}"));

        Assert.StartsWith(path.Split('[')[0], error.Path, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_audience_belongs_to_the_consumer_and_not_to_a_credential()
    {
        var error = Loading.Only(Loading.Load(
            $"{Loading.Good}\nconsumers: {{ acme: {{ scopes: [subscribe, \"audience:partners\"], credentials: [{{ type: api-key, key: k, scopes: \"audience:partners\" }}] }} }}"));

        Assert.Equal("consumers.acme.credentials[0].scopes", error.Path);
        Assert.Contains("belongs to the consumer", error.Message, StringComparison.Ordinal);
    }

    private static ConsumerConfiguration With(params string[] scopes) =>
        new() { Scopes = new Scopes([.. scopes.Select(static text => Scope.TryParse(text, out var scope) ? scope : throw new FormatException(text))]) };
}
