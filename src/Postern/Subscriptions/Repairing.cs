using Microsoft.AspNetCore.Http;
using Postern.Model;
using Postern.Model.Access;
using Postern.Operations;
using Postern.Ports;

namespace Postern.Subscriptions;

/// <summary>Owes a subscription events again, as jobs that its consumer can follow and cancel.</summary>
internal sealed class Repairing(IStore store, OwnSubscriptions own)
{
    private const string Jobs = "/{resource}/subscriptions/{id}/jobs";

    private static readonly OperationResponse NoJob = Answers.Error(404, "There is no such subscription of yours at this path, or no such job of it.");

    public IReadOnlyList<Operation> Operations =>
    [
        new Operation
        {
            Id = "replaySubscription", Method = "POST", Scope = ScopeVerb.Subscribe, Path = "/{resource}/subscriptions/{id}/replay", Tag = Answers.Tag,
            Summary = "Send events again",
            Description = """
                A job sends them again, at its rate and in the order of the log, also over restarts: all that were given up (`dead`),
                those of a time (`from`, `to`), all that were `missed`, or those that are named (`events`: all of them or none).
                `webhook-id` is the same as the first time.
                """,
            Request = typeof(ReplayRequest), RequestMediaTypes = RequestBody.Json, Handle = ReplayAsync,
            Responses =
            [
                new(202, "The job, which is kept and runs from now on; `Location` is its path.", typeof(JobReport)),
                Answers.NotFound, Answers.Error(409, "The subscription has ended, or has too many jobs that have not ended."), .. Answers.OfBody, .. Answers.Always,
            ],
        },
        new Operation
        {
            Id = "listSubscriptionJobs", Method = "GET", Scope = ScopeVerb.Read, Path = Jobs, Tag = Answers.Tag,
            Summary = "List the replays of a subscription, newest first",
            Query = CallQuery.Paging, Handle = ListAsync,
            Responses =
            [
                new(200, "A page of them.", typeof(Page<JobReport>)),
                Answers.NotFound, Answers.Error(422, "The cursor or the limit is not valid."), .. Answers.Always,
            ],
        },
        new Operation
        {
            Id = "readSubscriptionJob", Method = "GET", Scope = ScopeVerb.Read, Path = Jobs + "/{job}", Tag = Answers.Tag, Summary = "Read how far a replay is", Handle = ReadAsync,
            Responses = [new(200, "The job.", typeof(JobReport)), NoJob, .. Answers.Always],
        },
        new Operation
        {
            Id = "cancelSubscriptionJob", Method = "DELETE", Scope = ScopeVerb.Subscribe, Path = Jobs + "/{job}", Tag = Answers.Tag, Summary = "Cancel a replay",
            Description = "What it has made owed so far is sent all the same. One that has ended stays as it is.",
            Handle = CancelAsync,
            Responses = [new(200, "The job, cancelled or as it ended.", typeof(JobReport)), NoJob, .. Answers.Always],
        },
    ];

    private async Task ReplayAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        var errors = new FieldErrors();
        var request = ReplayRequest.Read(await RequestBody.ReadObjectAsync(context, RequestBody.Json), errors);
        errors.Throw();
        Ended.Refuse(found);
        var call = context.GatewayCall();
        var events = await ReplayJobs.FindEventsAsync(
            store, request, named => EventVisibility.MaySee(found, named.Content, call), context.RequestAborted);
        var wanted = request.ToJob(events) with { Subscription = JobSubscription.Of(found), Consumer = found.Consumer };
        var job = await ReplayJobs.AddAsync(store, wanted, context.RequestAborted);
        context.Response.Headers.Location = Location(context.Request.Path, job);
        await context.Response.WriteAsync(202, JobReport.Of(job));
    }

    private async Task ListAsync(HttpContext context)
    {
        var found = await own.FindAsync(context);
        var query = new CallQuery(context.Request.Query, CallQuery.Paging);
        var (before, limit) = (query.After, query.Limit);
        query.ThrowIfInvalid();
        var jobs = await store.ListJobsAsync(
            new JobQuery { Subscription = found.Number, Before = before, Limit = limit + 1 }, context.RequestAborted);
        await context.Response.WriteAsync(200, Page.Of(jobs, limit, job => job.Number, JobReport.Of));
    }

    private async Task ReadAsync(HttpContext context) =>
        await context.Response.WriteAsync(200, JobReport.Of(await FindAsync(context)));

    private async Task CancelAsync(HttpContext context)
    {
        var found = await FindAsync(context);
        var cancelled = await store.ChangeJobAsync(found.Id, job => JobChange.Cancel(job, ReplayJobs.CancelledByConsumer), context.RequestAborted);
        await context.Response.WriteAsync(200, JobReport.Of(cancelled ?? throw Missing(found.Id)));
    }

    /// <summary>The job of the call's path; 404 when it is not one of the subscription, nor the subscription the caller's own.</summary>
    private async Task<Job> FindAsync(HttpContext context)
    {
        var subscription = await own.FindAsync(context);
        var id = context.GatewayCall().Job ?? "";
        return await store.FindJobAsync(id, context.RequestAborted) is { } job && job.Request.Subscription?.Number == subscription.Number
            ? job
            : throw Missing(id);
    }

    // The path of the call as it was made, so that renamed words and prefixes of the API stay: only its last segment differs.
    private static string Location(PathString path, Job job) => path.ToUriComponent()[..^"/replay".Length] + "/jobs/" + job.Id;

    private static ProblemException Missing(string id) => Problems.NotFound($"There is no job {id} of this subscription.");
}
