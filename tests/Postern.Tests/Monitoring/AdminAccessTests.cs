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
