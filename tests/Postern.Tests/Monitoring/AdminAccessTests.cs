using System.Net.Http.Headers;
using Postern.Configuration;
using Postern.Monitoring;
using Postern.Operations;

namespace Postern.Tests.Monitoring;

public sealed class AdminAccessTests
{
    private const string Token = "correct horse battery staple";

    private static readonly PosternConfiguration WithToken = new() { Admin = new AdminConfiguration { Token = Token } };

    [Theory]
    [InlineData(null, 401)]
    [InlineData("wrong", 401)]
    [InlineData(Token + "x", 401)]
    [InlineData(Token, 200)]
    public async Task With_a_token_only_the_token_opens(string? sent, int status)
    {
        await using var server = await AdminServer.StartAsync(WithToken);
        foreach (var operation in server.Service<AdminOperations>().All.Where(operation => !operation.Open && operation.Method == "GET" && !operation.Path.Contains('{', StringComparison.Ordinal)))
        {
            using var response = await server.SendAsync(operation.Path, token: sent);
            Assert.True(status == (int)response.StatusCode, operation.Path);
        }
    }

    [Fact]
    public async Task Without_the_token_nobody_learns_which_paths_there_are()
    {
        await using var server = await AdminServer.StartAsync(WithToken);
        using var response = await server.SendAsync("/api/nothing");
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Health_needs_no_token_and_no_loopback_name(string path)
    {
        await using var server = await AdminServer.StartAsync(WithToken);
        using var response = await server.SendAsync(path, host: "gateway.internal");
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_token_that_was_changed_holds_at_once()
    {
        await using var server = await AdminServer.StartAsync(WithToken);
        server.Configuration.Replace(new PosternConfiguration { Admin = new AdminConfiguration { Token = "next" } });
        using var old = await server.SendAsync("/api/events", token: Token);
        using var current = await server.SendAsync("/api/events", token: "next");
        Assert.Equal((401, 200), ((int)old.StatusCode, (int)current.StatusCode));
    }

    [Theory]
    [InlineData("evil.example", null, 403)]
    [InlineData("127.0.0.1.evil.example", null, 403)]
    [InlineData("localhost.evil.example", null, 403)]
    [InlineData("192.0.2.1", null, 403)]
    [InlineData("localhost:1234", "https://evil.example", 403)]
    [InlineData("localhost", "null", 403)]
    [InlineData("localhost", "http://localhost:9000", 200)]
    [InlineData("LOCALHOST:1", null, 200)]
    [InlineData("127.0.0.1", null, 200)]
    [InlineData("[::1]:8081", null, 200)]
    public async Task Without_a_token_only_loopback_names_are_answered(string host, string? origin, int status)
    {
        await using var server = await AdminServer.StartAsync();
        foreach (var path in (string[])["/api/events", "/metrics", "/readyz"])
        {
            using var response = await server.SendAsync(path, host, origin);
            Assert.True(status == (int)response.StatusCode, path);
        }
    }

    [Theory]
    [InlineData(null, null, null, 202)]
    [InlineData("same-origin", "self", "application/json", 202)]
    [InlineData("none", null, "application/json; charset=utf-8", 202)]
    [InlineData("cross-site", null, "application/json", 403)]
    [InlineData("same-site", null, "application/json", 403)]
    [InlineData(null, "http://localhost:9000", "application/json", 403)]
    [InlineData(null, null, "text/plain", 403)]
    [InlineData(null, null, "application/x-www-form-urlencoded", 403)]
    [InlineData("cross-site", null, null, 403)]
    public async Task Without_a_token_no_page_of_another_origin_changes_anything(string? site, string? origin, string? contentType, int status)
    {
        await using var server = await AdminServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/erase")
        {
            Content = new ByteArrayContent("{\"subject\":\"42\"}"u8.ToArray()),
        };
        if (contentType is not null)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        Send("Sec-Fetch-Site", site);
        Send("Origin", origin == "self" ? server.Client.BaseAddress!.GetLeftPart(UriPartial.Authority) : origin);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 202 ? 1 : 0, server.Store.Orders.Count);

        void Send(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }
    }

    [Fact]
    public async Task With_a_token_the_token_is_enough()
    {
        await using var server = await AdminServer.StartAsync(WithToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/erase") { Content = new StringContent("{\"subject\":\"42\"}") };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Authorization", "Bearer " + Token);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(202, (int)response.StatusCode);
    }

    [Fact]
    public async Task Every_answer_forbids_sniffing_and_storing()
    {
        await using var server = await AdminServer.StartAsync();
        foreach (var path in (string[])["/api/events", "/api/none", "/healthz", "/metrics"])
        {
            using var response = await server.SendAsync(path);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.True(response.Headers.CacheControl!.NoStore, path);
        }
    }

    [Theory]
    [InlineData("Bearer t", true)]
    [InlineData("bearer t", true)]
    [InlineData("Basic t", false)]
    [InlineData("Bearer", false)]
    [InlineData("t", false)]
    [InlineData("", false)]
    public void A_token_is_read_from_a_bearer_header_only(string header, bool has) => Assert.Equal(has, AdminAccess.HasToken(header, "t"));
}
