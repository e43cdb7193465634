using System.Net;
using System.Text.Json.Nodes;
using Postern.EndToEnd.Harness;
using Postern.Samples.Shop;

namespace Postern.EndToEnd.Samples;

public sealed class ShopTests
{
    [Fact]
    public async Task The_shop_is_an_ordinary_REST_API()
    {
        await using var shop = await ShopUpstream.StartAsync();
        using var client = new GatewayClient(shop.Url);

        using var created = await client.Http.PostAsync("/orders", new StringContent("""{"item":"tea"}"""), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/orders/42", created.Headers.Location?.OriginalString);
        await ExpectAsync(client, HttpMethod.Get, "/orders/42", HttpStatusCode.OK, """{"id":42,"item":"tea"}""");
        await ExpectAsync(client, HttpMethod.Patch, "/orders/42", HttpStatusCode.OK, """{"id":42,"item":"tea","status":"paid"}""", """{"id":7,"status":"paid"}""");
        await ExpectAsync(client, HttpMethod.Put, "/orders/42", HttpStatusCode.OK, """{"id":42,"item":"coffee"}""", """{"item":"coffee"}""");
        await ExpectAsync(client, HttpMethod.Put, "/exchange-rates/EUR-GBP", HttpStatusCode.Created, """{"id":"EUR-GBP","rate":0.83}""", """{"rate":0.83}""");
        await client.CallAsync(HttpMethod.Post, "/orders", HttpStatusCode.Conflict, new JsonObject { ["id"] = 42 });
        Assert.Null(await client.CallAsync(HttpMethod.Delete, "/orders/42", HttpStatusCode.NoContent));
        await client.CallAsync(HttpMethod.Delete, "/orders/42", HttpStatusCode.NotFound);
        await client.CallAsync(HttpMethod.Patch, "/orders/42", HttpStatusCode.NotFound, new JsonObject());
        await client.CallAsync(HttpMethod.Post, "/orders", HttpStatusCode.BadRequest, new JsonArray());
        Assert.Single((await client.CallAsync(HttpMethod.Get, "/orders", HttpStatusCode.OK))!.AsArray());
    }

    // RFC 7396, appendix A, as far as both are objects.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void A_merge_patch_is_applied_as_the_standard_says(string target, string patch, string result) =>
        Assert.Equal(result, MergePatch.Apply(JsonNode.Parse(target)!.AsObject(), JsonNode.Parse(patch)!.AsObject()).ToJsonString());

    private static async Task ExpectAsync(GatewayClient client, HttpMethod method, string path, HttpStatusCode status, string answer, string? body = null) =>
        Assert.Equal(answer, (await client.CallAsync(method, path, status, body is null ? null : JsonNode.Parse(body)))!.ToJsonString());
}
