using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Postern.Configuration;
using Postern.Egress;
using Postern.Gateway.Publish;
using Postern.Model;
using Postern.Model.Access;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Operations.Idempotency;
using Postern.Ports;
using Postern.Storage.Sqlite;
using Postern.Tests.Storage;

namespace Postern.Tests.Gateway.Publish;

public sealed class PublishOperationsTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private SqliteStore store = null!;
    private Scopes scopes = Scopes.Everything;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => store = await SqliteFixture.OpenAsync(folder.File("postern.db"));

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await services.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("publish", 202)]
    [InlineData("publish:orders.*", 202)]
    [InlineData("publish:orders.created", 202)]
    [InlineData("publish:orders.updated", 403)]
    [InlineData("publish:order.*", 403)]
    [InlineData("subscribe", 403)]
    public async Task Only_types_that_the_scopes_hold_can_be_published(string scope, int status)
    {
        Assert.True(Scope.TryParse(scope, out var held));
        scopes = new Scopes([held]);
        var answer = status;
        try
        {
            await PublishAsync("text/plain", "x");
        }
        catch (ProblemException refused)
        {
            answer = refused.Problem.Status;
            Assert.Contains("'publish:orders.created'", refused.Problem.Detail);
        }

        Assert.Equal(status, answer);
        Assert.Equal(status == 202 ? 1 : 0, (await store.ListEventsAsync(new EventQuery { Limit = 10 }, Cancellation)).Count);
    }

    [Fact]
    public async Task An_event_is_stored_with_its_bytes_and_answered_202()
    {
        var (id, duplicate) = Assert.Single(await PublishAsync("text/plain", "as it is\0"));
        Assert.False(duplicate);
        var stored = await store.FindEventAsync(id, Cancellation);
        Assert.Equal("as it is\0", Encoding.UTF8.GetString(stored!.Content.Data.Span));
    }

    [Fact]
    public async Task The_same_source_and_id_is_answered_202_and_stored_once()
    {
        var first = Assert.Single(await PublishAsync("text/plain", "a"));
        var second = Assert.Single(await PublishAsync("text/plain", "a"));
        Assert.Equal((first.Id, true), second);
        Assert.Equal(1, store.Statistics.LastSequence);
    }

    [Fact]
    public async Task An_empty_batch_is_answered_202() => Assert.Empty(await PublishAsync("application/cloudevents-batch+json", "[]"));

    [Theory]
    [InlineData("application/cloudevents+json", "{", 400)]
    [InlineData("application/cloudevents+json", "{}", 422)]
    [InlineData("application/cloudevents+avro", "", 415)]
    public async Task What_cannot_be_taken_is_answered_with_a_problem(string contentType, string body, int status) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<ProblemException>(() => PublishAsync(contentType, body))).Problem.Status);

    [Fact]
    public async Task Without_credentials_nothing_is_taken() =>
        Assert.Equal(401, (await Assert.ThrowsAsync<ProblemException>(() => PublishAsync("text/plain", "", consumer: null))).Problem.Status);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_answered_413_announced_or_not(bool announced)
    {
        var exception = await Assert.ThrowsAsync<ProblemException>(
            () => PublishAsync("text/plain", new string('x', 100_001), announced: announced));
        Assert.Equal(413, exception.Problem.Status);
        Assert.Single(await PublishAsync("text/plain", new string('x', 100_000), announced: announced));
    }

    private Task<List<(string Id, bool Duplicate)>> PublishAsync(string contentType, string body, bool announced = true) =>
        PublishAsync(contentType, body, new Consumer("acme"), announced);

    private async Task<List<(string Id, bool Duplicate)>> PublishAsync(string contentType, string body, Consumer? consumer, bool announced = true)
    {
        var context = new DefaultHttpContext();
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Features.Set(new GatewayCall
        {
            Configuration = new PosternConfiguration { Gateway = new GatewayConfiguration { MaxEventBytes = 100_000 } }, Consumer = consumer,
            Scopes = scopes,
        });
        context.Request.ContentType = contentType;
        context.Request.ContentLength = announced ? bytes.Length : null;
        context.Request.Body = new MemoryStream(bytes);
        context.Request.Headers["ce-specversion"] = "1.0";
        context.Request.Headers["ce-id"] = "1";
        context.Request.Headers["ce-source"] = "/orders";
        context.Request.Headers["ce-type"] = "orders.created";
        using var answer = new MemoryStream();
        context.Response.Body = answer;

        var operations = new PublishOperations(
            store, new IdempotentCalls(store, new SecretProtector(new byte[SecretProtector.KeyBytes])), TimeProvider.System, new PosternMeter(services.GetRequiredService<IMeterFactory>()));
        await operations.All[0].Handle(context);

        Assert.Equal(202, context.Response.StatusCode);
        using var document = JsonDocument.Parse(answer.ToArray());
        return [.. document.RootElement.GetProperty("events").EnumerateArray()
            .Select(one => (one.GetProperty("id").GetString()!, one.GetProperty("duplicate").GetBoolean()))];
    }
}
