using Microsoft.AspNetCore.Http;
using Postern.Faults;
using Postern.Gateway.Pipeline;
using Postern.Gateway.Proxy;
using Postern.Model;
using Postern.Model.Access;
using Postern.Model.CloudEvents;
using Postern.Monitoring;
using Postern.Operations;
using Postern.Operations.Idempotency;
using Postern.Ports;

namespace Postern.Gateway.Publish;

/// <summary><c>POST /events</c>: takes CloudEvents from publishers and answers when they are on disk.</summary>
internal sealed class PublishOperations
{
    private static readonly KeyValuePair<string, object?> Origin = new("origin", "publish");

    private readonly IStore store;
    private readonly TimeProvider time;
    private readonly PosternMeter meter;
    private readonly IdempotentCalls repeatable;

    public PublishOperations(IStore store, IdempotentCalls repeatable, TimeProvider time, PosternMeter meter)
    {
        this.repeatable = repeatable;
        this.store = store;
        this.time = time;
        this.meter = meter;
        All =
        [
            new Operation
            {
                Id = "publishEvents", OnlyPublishes = true,
                Method = HttpMethods.Post,
                Path = "/events",
                Tag = "Events",
                Scope = ScopeVerb.Publish,
                Summary = "Publish CloudEvents",
                Description = "Takes one CloudEvent in binary mode (attributes in ce- headers, the data as body) or structured mode, or a batch of "
                    + "up to 1,000. Answers once they are on disk, all or none. An event whose source and id came before is answered 202 and not stored "
                    + "again. The extension 'audience' (names of consumers, and of audiences that scopes grant, with commas between them) restricts who may see an event; it is not forwarded. "
                    + "The body may have one Content-Encoding: gzip, br or deflate. Types that begin with 'postern.' and sources at /postern and below it are the gateway's own and refused.",
                Headers =
                [
                    new("ce-specversion", "string", "Binary mode: 1.0."),
                    new("ce-id", "string", "Binary mode: id of the event; source and id name one event for ever."),
                    new("ce-source", "string", "Binary mode: URI-reference; its path is the path of the resource."),
                    new("ce-type", "string", "Binary mode: type of the event, orders.created."),
                    new("ce-subject", "string", "Binary mode: key of the record."),
                    new("ce-time", "string", "Binary mode: RFC 3339 timestamp."),
                    new("ce-dataschema", "string", "Binary mode: absolute URI of the schema of the data."),
                    new("ce-audience", "string", "Binary mode: names of the consumers and audiences who may see the event, with commas between them."),
                    IdempotentCalls.Parameter,
                ],
                Request = typeof(object),
                RequestMediaTypes = ["application/cloudevents+json", "application/cloudevents-batch+json", "application/json", "*/*"],
                RequestRequired = false,
                Responses =
                [
                    new(202, "On disk; what is there for each event, in the order of the request", typeof(PublishAnswer)),
                    new(400, "The JSON, or the Idempotency-Key, cannot be read", typeof(Problem), "application/problem+json"),
                    new(401, "No valid credentials", typeof(Problem), "application/problem+json"),
                    new(409, "The first call with this Idempotency-Key is under way", typeof(Problem), "application/problem+json"),
                    new(413, "An event, or the batch, is too large", typeof(Problem), "application/problem+json"),
                    new(415, "The event format is not understood", typeof(Problem), "application/problem+json"),
                    new(422, "Attributes are not valid: messages by attribute. Or the Idempotency-Key came with another call", typeof(Problem), "application/problem+json"),
                    new(508, "More than 5 callbacks led to this call, one after the other", typeof(Problem), "application/problem+json"),
                    new(503, "Not stored, try again", typeof(Problem), "application/problem+json"),
                ],
                Handle = PublishAsync,
            },
        ];
    }

    public IReadOnlyList<Operation> All { get; }

    private async Task PublishAsync(HttpContext context)
    {
        var call = context.GatewayCall();
        var consumer = call.RequireConsumer();
        var request = context.Request;
        if (HttpDecoder.Refuse(request.ContentType) is { } refused)
        {
            throw Problems.UnsupportedMediaType(refused.Detail);
        }

        var limits = new DecodeLimits(call.Configuration.Gateway.MaxEventBytes);
        var body = await BodyReader.ReadAsync(context, limits.BodyBytes(HttpDecoder.ModeOf(request.ContentType)));
        using var turn = await repeatable.BeginAsync(context, consumer, "publish", body);
        if (turn?.Earlier is { } earlier)
        {
            await earlier.WriteAsync(context.Response, repeated: true);
            return;
        }

        var events = Decode(request, body, limits);
        PublishScope.Require(events, call.Scopes);
        CrashPoint.Reach(CrashPoints.PublishBeforeStage);
        if (turn is not null)
        {
            await StageOnceAsync(context, events, turn);
            return;
        }

        // Not cancelled when the caller hangs up: the commit is shared, and a caller who asks again gets the same answer.
        var staged = events.Count == 0 ? [] : await store.StageAsync(events, CancellationToken.None);
        CrashPoint.Reach(CrashPoints.PublishAfterCommit);
        Count(staged);
        await context.Response.WriteAsync(202, PublishAnswer.Of(staged));
        CrashPoint.Reach(CrashPoints.PublishAfterAnswer);
    }

    private IReadOnlyList<EventContent> Decode(HttpRequest request, byte[] body, DecodeLimits limits)
    {
        var events = HttpDecoder.Decode(request.ContentType, Attributes(request.Headers), body, limits, time.GetUtcNow()) switch
        {
            DecodedEvents.Valid valid => valid.Events,
            DecodedEvents.Invalid invalid => throw Problems.Invalid(invalid.Errors),
            DecodedEvents.Malformed malformed => throw Problems.Malformed(malformed.Detail),
            DecodedEvents.TooLarge large => throw Problems.TooLarge(large.Detail),
            DecodedEvents.Unsupported unsupported => throw Problems.UnsupportedMediaType(unsupported.Detail),
            var other => throw new InvalidOperationException($"No answer for {other}."),
        };
        OwnEvents.Refuse(events, HttpDecoder.ModeOf(request.ContentType) == ContentMode.Batch);
        if (Loops.HopsOf(request.Headers) is > 0 and var hops)
        {
            events = [.. events.Select(content => Hops.Continue(content, hops))];
        }

        return TraceContext.TryRead(request.Headers, out var trace) ? [.. events.Select(content => Trace(content, trace))] : events;
    }

    private async Task StageOnceAsync(HttpContext context, IReadOnlyList<EventContent> events, IdempotentTurn turn)
    {
        CallAnswer? answer = null;
        var staged = await store.StageAsync(
            events, turn.Call, staged => turn.Seal(answer = CallAnswer.Of(202, null, PublishAnswer.Of(staged))), CancellationToken.None);
        if (staged.Earlier is { } earlier)
        {
            await turn.Open(earlier).WriteAsync(context.Response, repeated: true);
            return;
        }

        Count(staged.Result!);
        await answer!.WriteAsync(context.Response, repeated: false);
    }

    /// <summary>The call's trace goes on in an event that carries none of its own.</summary>
    private static EventContent Trace(EventContent content, TraceContext trace)
    {
        var extensions = new Dictionary<string, string>(content.Extensions ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        if (extensions.ContainsKey("traceparent"))
        {
            return content;
        }

        trace.AddTo(extensions);
        return content with { Extensions = extensions };
    }

    private void Count(IReadOnlyList<Staged> staged)
    {
        var duplicates = staged.Count(one => one.Duplicate);
        meter.EventsStaged.Add(staged.Count - duplicates, Origin);
        meter.EventsDuplicate.Add(duplicates);
    }

    private static List<(string Name, string Value)> Attributes(IHeaderDictionary headers)
    {
        var attributes = new List<(string, string)>(8);
        foreach (var header in headers)
        {
            if (header.Key.StartsWith(HttpDecoder.HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            {
                foreach (var value in header.Value)
                {
                    attributes.Add((header.Key, value ?? ""));
                }
            }
        }

        return attributes;
    }
}

/// <summary>What became of the events of one request, in their order.</summary>
internal sealed record PublishAnswer(IReadOnlyList<PublishedEvent> Events)
{
    public static PublishAnswer Of(IReadOnlyList<Staged> staged) => new([.. staged.Select(one => new PublishedEvent(one.Id, one.Duplicate))]);
}

/// <param name="Id">The gateway's id, <c>webhook-id</c> on the wire; the first one's when it is a duplicate.</param>
/// <param name="Duplicate">It was there already.</param>
internal sealed record PublishedEvent(string Id, bool Duplicate);
