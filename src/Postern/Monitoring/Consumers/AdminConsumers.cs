using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Configuration.Rules;
using Postern.Configuration.Values;
using Postern.Model.Access;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring.Consumers;

/// <summary>Makes, changes and removes consumers. Those of the file are changed there and nowhere else.</summary>
internal sealed class AdminConsumers(IStore store, LiveConfiguration live, CredentialUses uses)
{
    // What one commit removes; the answer comes after the last of them.
    private const int Step = 200;

    public Task List(HttpContext context, CallQuery query)
    {
        var (after, limit) = (query.Text("after"), query.Limit);
        query.ThrowIfInvalid();
        var all = live.Current.Consumers.Select(consumer => Report(consumer.Key, consumer.Value));
        return context.Response.WriteAsync(200, Page.OfNames(all, entry => entry.Name, after, limit));
    }

    public Task Read(HttpContext context, string name) => context.Response.WriteAsync(200, Report(name));

    public async Task Create(HttpContext context)
    {
        var request = await ConsumerBody.ReadAsync<NewConsumer>(context);
        var errors = new FieldErrors();
        if (request.Name is not { } name)
        {
            errors.Add("name", "is missing.");
        }
        else if (Names.ConsumerName(name).Problem is { } problem)
        {
            errors.Add("name", problem);
        }
        else if (AudienceNames.FindHolder(name, live.Current.Consumers) is { } holder)
        {
            errors.Add("name", $"is an audience that {holder} sees: a consumer of that name would have its events shown to others.");
        }

        ConsumerBody.CheckScopes(request.Scopes, scope => AudienceNames.FindFault(scope, live.Current.Consumers), errors);
        errors.Throw();
        RefuseOfFile(request.Name!);
        var wanted = new StoredConsumer { Name = request.Name!, Scopes = request.Scopes, Operator = request.Operator };
        if (await store.AddConsumerAsync(wanted, context.RequestAborted) is null)
        {
            throw Problems.Conflict($"There is a consumer {wanted.Name} already.");
        }

        context.Response.Headers.Location = "/api/consumers/" + wanted.Name;
        await context.Response.WriteAsync(201, Report(wanted.Name));
    }

    public async Task Change(HttpContext context, string name)
    {
        var request = await ConsumerBody.ReadAsync<ConsumerPatch>(context);
        var errors = new FieldErrors();
        ConsumerBody.CheckScopes(request.Scopes, scope => AudienceNames.FindFault(scope, live.Current.Consumers), errors);
        errors.Throw();
        RefuseOfFile(name);
        _ = await store.ChangeConsumerAsync(
            name, current => current with { Scopes = request.Scopes ?? current.Scopes, Operator = request.Operator ?? current.Operator }, context.RequestAborted)
            ?? throw NoConsumer(name);
        await context.Response.WriteAsync(200, Report(name));
    }

    public async Task Remove(HttpContext context, string name)
    {
        RefuseOfFile(name);
        ConsumerRemoval? step;
        do
        {
            // Goes on when the caller hangs up: it has begun, and its credentials are gone.
            step = await store.RemoveConsumerAsync(name, Step, CancellationToken.None);
        }
        while (step is { More: true });
        context.Response.StatusCode = step is null ? throw NoConsumer(name) : 204;
    }

    /// <summary>Ends the call with 409 for a consumer that the file defines.</summary>
    internal void RefuseOfFile(string name)
    {
        if (live.File.Consumers.ContainsKey(name))
        {
            throw Problems.Conflict($"The consumer {name} stands in the configuration file: change it there. The file is taken without a restart.");
        }
    }

    internal static ProblemException NoConsumer(string name) => Problems.NotFound($"There is no consumer {name}.");

    /// <summary>The consumer of that name as it is shown; 404 when there is none.</summary>
    internal ConsumerReport Report(string name) =>
        live.Current.Consumers.TryGetValue(name, out var consumer) ? Report(name, consumer) : throw NoConsumer(name);

    private ConsumerReport Report(string name, ConsumerConfiguration consumer) => ConsumerReport.Of(
        name, consumer, live.File.Consumers.ContainsKey(name) ? ConsumerOrigin.File : ConsumerOrigin.Api, uses);
}
