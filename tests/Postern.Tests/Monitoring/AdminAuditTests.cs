using Postern.Configuration;
using Postern.Model;
using Postern.Tests.Callbacks;

namespace Postern.Tests.Monitoring;

public sealed class AdminAuditTests : IAsyncLifetime
{
    private AdminServer server = null!;

    public async ValueTask InitializeAsync() => server = await AdminServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_call_that_changes_something_says_on_whose_behalf()
    {
        CallOrigin? seen = null;
        server.Store.Ordered = () => seen = CallOrigin.Current;
        await server.PostAsync("/api/erase", 202, """{"subject":"42"}""");

        Assert.Equal((CallOrigin.Operator, "erase", "127.0.0.1"), (seen!.Actor, seen.Action, seen.Address));
    }

    [Fact]
    public async Task Changes_of_the_configuration_are_written_down_without_what_they_hold()
    {
        server.Configuration.Replace(new PosternConfiguration
        {
            Admin = new AdminConfiguration(),
            Secrets = new SecretsConfiguration { Key = "planted" },
            Callbacks = new CallbacksConfiguration { Concurrency = 7 },
            Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() { Credentials = [new CredentialConfiguration.ApiKey("planted")] } },
        });
        server.Configuration.Replace(server.Configuration.Current with
        {
            Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() { Credentials = [new CredentialConfiguration.ApiKey("planted-anew")] } },
        });
        server.Configuration.Reject(new RejectedConfiguration(Recorded.Noon, []));
        await Until.TrueAsync(() => server.Store.Audit.Count == 3);

        var text = (await server.GetAsync("/api/audit")).ToJsonString();
        Assert.DoesNotContain("planted", text, StringComparison.Ordinal);
        Assert.Equal(
            [("rejectReload", ""), ("reload", "consumers.acme.credentials"), ("reload", "callbacks.concurrency consumers.acme secrets.key")],
            server.Store.Audit.AsEnumerable().Reverse().Select(entry => (entry.Origin.Action, string.Join(' ', entry.Target.Changed))));
    }

    [Fact]
    public async Task The_log_is_listed_newest_first_with_filters()
    {
        server.Store.Audit.AddRange(
        [
            Entry(1, CallOrigin.Operator, "erase"), Entry(2, "consumer:acme", "subscribe"), Entry(3, CallOrigin.Operator, "pauseJob"),
        ]);
        Assert.Equal("pauseJob subscribe erase", await ActionsAsync("/api/audit"));
        Assert.Equal("pauseJob erase", await ActionsAsync("/api/audit?actor=operator"));
        Assert.Equal("pauseJob", await ActionsAsync("/api/audit?limit=1"));
        Assert.Equal("subscribe erase", await ActionsAsync("/api/audit?after=3"));
        await server.GetAsync("/api/audit?kind=nothing", 422);
    }

    private static AuditEntry Entry(long number, string actor, string action) => new()
    {
        Number = number, At = Recorded.Noon, Origin = new CallOrigin(actor, action), Target = new AuditTarget(AuditKind.Job, "job_1"),
    };

    private async Task<string> ActionsAsync(string path) =>
        string.Join(' ', (await server.GetAsync(path))["items"]!.AsArray().Select(entry => (string?)entry!["action"]));
}
