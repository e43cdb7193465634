using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Postern.Configuration;
using Postern.Model;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>The operator's replays: jobs for one subscription, one endpoint or all.</summary>
internal sealed class AdminJobs(IStore store, LiveConfiguration live)
{
    private const string PausedByOperator = "Paused by its operator.";

    private static readonly ReplayRequest AllDead = new() { Dead = true };

    public async Task Create(HttpContext context)
    {
        var (request, id, endpoint) = JobOrder.ReadOrder(await RequestBody.ReadObjectAsync(context, RequestBody.Json));
        if (id is null)
        {
            await AddAsync(context, request.ToJob([]) with { Endpoint = endpoint });
        }
        else
        {
            await AddAsync(context, id, request);
        }
    }

    /// <summary>Without a body, all its dead callbacks.</summary>
    public async Task ReplaySubscription(HttpContext context, string id)
    {
        var request = AllDead;
        if (await RequestBody.TryReadObjectAsync(context, RequestBody.Json) is { } body)
        {
            var errors = new FieldErrors();
            request = ReplayRequest.Read(body, errors);
            errors.Throw();
        }

        await AddAsync(context, id, request);
    }

    public async Task ReplayEndpoint(HttpContext context)
    {
        var body = await RequestBody.ReadObjectAsync(context, RequestBody.Json);
        var errors = new FieldErrors();
        var endpoint = JobOrder.ReadEndpoint(body, errors);
        if (endpoint is null && !errors.Any)
        {
            errors.Add("endpoint", "is missing: give the URL that callbacks go to.");
        }

        var request = ReadRate(body, errors);
        errors.Throw();
        await AddAsync(context, request.ToJob([]) with { Endpoint = endpoint });
    }

    public async Task List(HttpContext context, CallQuery query)
    {
        var (before, limit, state, id) = (query.After, query.Limit, query.Choice<JobState>("state"), query.Text("subscription"));
        query.ThrowIfInvalid();
        var subscription = id is null ? null : await store.FindSubscriptionAsync(id, context.RequestAborted);
        IReadOnlyList<Job> jobs = id is not null && subscription is null
            ? []
            : await store.ListJobsAsync(
                new JobQuery { State = state, Subscription = subscription?.Number, Before = before, Limit = limit + 1 }, context.RequestAborted);
        await context.Response.WriteAsync(200, Page.Of(jobs, limit, job => job.Number, JobReport.Of));
    }

    public async Task Read(HttpContext context, string id) =>
        await context.Response.WriteAsync(200, JobReport.Of(await store.FindJobAsync(id, context.RequestAborted) ?? throw NoJob()));

    public Task Cancel(HttpContext context, string id) => ChangeAsync(context, id, job => JobChange.Cancel(job, ReplayJobs.Cancelled));

    public Task Pause(HttpContext context, string id) => ChangeAsync(context, id, job => JobChange.Pause(job, PausedByOperator));

    public Task Resume(HttpContext context, string id) => ChangeAsync(context, id, JobChange.Resume);

    // What does not change a job (it has ended, or stands so already) is answered with how it stands.
    private async Task ChangeAsync(HttpContext context, string id, Func<Job, Job?> change) =>
        await context.Response.WriteAsync(200, JobReport.Of(await store.ChangeJobAsync(id, change, context.RequestAborted) ?? throw NoJob()));

    private async Task AddAsync(HttpContext context, string id, ReplayRequest request)
    {
        var subscription = AdminReplay.TakesCallbacks(await store.FindSubscriptionAsync(id, context.RequestAborted));
        var events = await ReplayJobs.FindEventsAsync(store, request, found => MaySend(found.Content, subscription, live.Current), context.RequestAborted);
        await AddAsync(context, request.ToJob(events) with { Subscription = JobSubscription.Of(subscription) });
    }

    private async Task AddAsync(HttpContext context, JobRequest request)
    {
        var job = await ReplayJobs.AddAsync(store, request, context.RequestAborted);
        context.Response.Headers.Location = "/api/jobs/" + job.Id;
        await context.Response.WriteAsync(202, JobReport.Of(job));
    }

    // An operator's slip must not show a consumer what is not for it.
    private static bool MaySend(EventContent content, Subscription subscription, PosternConfiguration configuration) =>
        EventAudience.MaySee(configuration, content, subscription.Consumer)
        && (content.Target is { } target ? target == subscription.Number : ResourcePath.IsAtOrBelow(content.Path, subscription.Path));

    private static ReplayRequest ReadRate(JsonElement body, FieldErrors errors)
    {
        // "dead" goes without saying here.
        var request = AllDead;
        foreach (var property in body.EnumerateObject())
        {
            switch (property.Name)
            {
                case "rate":
                    request = request with { Rate = ReplayRequest.ReadRate(property.Value, errors) };
                    break;
                case "endpoint":
                    break;
                default:
                    errors.Add(property.Name, "is not a field; there are endpoint and rate.");
                    break;
            }
        }

        return request;
    }

    private static ProblemException NoJob() => Problems.NotFound("There is no job with this id, or it is not kept any more.");
}
