using System.Net.Http.Headers;
using System.Text.Json;
using Postern.Model;

namespace Postern.Tests.Subscriptions;

public sealed class ChangeTests : IAsyncLifetime
{
    private TestGateway gateway = null!;
    private string id = "";

    public async ValueTask InitializeAsync()
    {
        gateway = await TestGateway.StartAsync();
        id = (await gateway.PostAsync("/orders/subscribe", """
            {"callback":"https://a.example/","events":["orders.created"],"filter":{"exact":{"subject":"1"}},"mode":"structured","metadata":{"a":1}}
            """)).Expect(201).Text("id");
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task What_is_left_out_stays()
    {
        var before = await gateway.ReadAsync(id);
        (await PatchAsync("""{"callback":"https://b.example/"}""")).Expect(200);
        // Another endpoint is another queue.
        var queue = (await gateway.ReadAsync(id)).Queue;
        Assert.NotEqual(before.Queue, queue);
        Assert.Equal(
            JsonSerializer.Serialize(before with { Callback = "https://b.example/", Version = before.Version + 1, Queue = queue }), await gateway.SnapshotAsync(id));
    }

    [Fact]
    public async Task Null_takes_a_field_back_to_its_default()
    {
        var answer = (await PatchAsync("""{"events":null,"filter":null,"mode":null,"metadata":null}""")).Expect(200);

        var stored = await gateway.ReadAsync(id);
        Assert.Equal((0, null, CallbackMode.Binary, null), (stored.Events.Count, stored.Filter, stored.Mode, stored.Metadata));
        Assert.False(answer.Has("filter") || answer.Has("metadata"));
    }

    [Fact]
    public async Task A_merge_patch_is_taken_under_its_own_type()
    {
        using var content = new StringContent("""{"mode":"binary"}""", new MediaTypeHeaderValue("application/merge-patch+json"));
        Assert.Equal("binary", (await gateway.SendAsync(HttpMethod.Patch, $"/orders/subscriptions/{id}", content)).Expect(200).Text("mode"));
    }

    [Fact]
    public async Task A_json_patch_is_a_415()
    {
        using var content = new StringContent("[]", new MediaTypeHeaderValue("application/json-patch+json"));
        (await gateway.SendAsync(HttpMethod.Patch, $"/orders/subscriptions/{id}", content)).Expect(415);
    }

    [Theory]
    [InlineData("""{"id":"sub_x","resource":"/","key":"1","state":"paused","reason":"","created":"","secret":"","colour":1}""", "colour,created,id,key,reason,resource,secret,state")]
    [InlineData("""{"callback":null}""", "callback")]
    [InlineData("""{"callback":"http://192.168.0.1/"}""", "callback")]
    [InlineData("""{"filter":{}}""", "filter")]
    [InlineData("""{"order":"none"}""", "order")]
    [InlineData("""{"retry":{"giveUpAfter":"4d"}}""", "retry.giveUpAfter")]
    public async Task What_cannot_be_changed_is_a_422_and_changes_nothing(string patch, string fields)
    {
        var before = await gateway.SnapshotAsync(id);
        Assert.Equal(fields, string.Join(',', (await PatchAsync(patch)).Expect(422).Errors.Order(StringComparer.Ordinal)));
        Assert.Equal(before, await gateway.SnapshotAsync(id));
    }

    private Task<Answer> PatchAsync(string body) => gateway.SendAsync(HttpMethod.Patch, $"/orders/subscriptions/{id}", body);
}
