using System.Text;
using System.Text.Json.Nodes;
using Postern.Ports;

namespace Postern.Tests.Monitoring;

public sealed class AdminEraseTests
{
    [Fact]
    public async Task An_order_is_taken_down_and_its_report_is_where_the_answer_says()
    {
        await using var server = await AdminServer.StartAsync();

        using var response = await PostAsync(server, """{"subject":"42","source":"/orders"}""");

        Assert.Equal(202, (int)response.StatusCode);
        Assert.Equal(new ErasureOrder("42", "/orders", null), Assert.Single(server.Store.Orders));
        var report = await server.GetAsync(response.Headers.Location!.OriginalString);
        Assert.Equal("ers_1", (string)report["id"]!);
        Assert.Null(report["finished"]);
        await server.GetAsync("/api/erase/ers_9", 404);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"subjekt":"42"}""", 400)]
    [InlineData("{}", 422)]
    [InlineData("""{"subject":""}""", 422)]
    [InlineData("""{"consumer":""}""", 422)]
    [InlineData("""{"source":"/orders"}""", 422)]
    [InlineData("""{"consumer":"acme","source":"/orders"}""", 422)]
    [InlineData("""{"subject":"42","consumer":"acme"}""", 422)]
    public async Task What_does_not_say_whose_data_it_is_erases_nothing(string body, int status)
    {
        await using var server = await AdminServer.StartAsync();

        using var response = await PostAsync(server, body);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["status"]!);
        Assert.Empty(server.Store.Orders);
    }

    private static async Task<HttpResponseMessage> PostAsync(AdminServer server, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await server.Client.PostAsync("/api/erase", content, TestContext.Current.CancellationToken);
    }
}
