using Postern.Samples.Receiver;

namespace Postern.Server.Demo;

/// <summary>The story: each step is a call, and the callbacks that must come of it.</summary>
internal sealed class DemoStory(DemoHouse house, DemoCaller caller, DemoPrinter printer, TimeProvider time)
{
    private const string AllOrders = "/all-orders";
    private const string OneOrder = "/order-42";
    private const string Yours = "/yours";

    /// <summary>How long a callback may take that should come; far more than it needs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>How long nothing must come after an unsubscription; a hundred times what a callback takes.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    public async Task PlayAsync(CancellationToken cancellation)
    {
        printer.Step("Subscribe to a resource", "Whatever happens to an order is to be told to the receiver. The secret is shown this once.");
        var all = await SubscribeAsync("/orders", AllOrders, cancellation);

        printer.Step("Create an order", "The shop answers as it always did. The gateway has seen it, and calls back.");
        var call = await CallAsync(HttpMethod.Post, "/orders", """{"item":"Darjeeling","quantity":1,"status":"new"}""", cancellation);
        await ExpectAsync(call, [new(AllOrders, "orders.created")], cancellation);

        printer.Step("Subscribe to one record", "Somebody wants to hear of order 42 and of nothing else.");
        var one = await SubscribeAsync("/orders/42", OneOrder, cancellation);

        printer.Step("Change the order", "Both subscriptions take it: two callbacks, each signed with its own secret.");
        call = await CallAsync(HttpMethod.Patch, "/orders/42", """{"status":"paid"}""", cancellation);
        await ExpectAsync(call, [new(AllOrders, "orders.updated"), new(OneOrder, "orders.updated")], cancellation);

        printer.Step("Change another order", "Only who asked for all orders hears of it.");
        call = await CallAsync(HttpMethod.Patch, "/orders/41", """{"status":"shipped"}""", cancellation);
        await ExpectAsync(call, [new(AllOrders, "orders.updated")], cancellation);

        var waits = string.Join(", ", DemoConfiguration.Schedule.Skip(1).Select(wait => $"{wait.TotalSeconds:0} s"));
        printer.Step("A receiver that fails first", $"It answers 503 twice. The gateway tries again with the same webhook-id (here after {waits}; by default from 5 s up to 24 h).");
        house.Inbox.FailNext(OneOrder, 2);
        call = await CallAsync(HttpMethod.Put, "/orders/42", """{"item":"Darjeeling","quantity":3,"status":"paid"}""", cancellation);
        await ExpectAsync(
            call,
            [new(AllOrders, "orders.updated"), new(OneOrder, "orders.updated", 503), new(OneOrder, "orders.updated", 503), new(OneOrder, "orders.updated")],
            cancellation);

        printer.Step("Pause", "A paused subscription is sent nothing; what happens meanwhile is kept for it.");
        await CallAsync(HttpMethod.Post, $"/orders/42/subscriptions/{one}/pause", null, cancellation);
        call = await CallAsync(HttpMethod.Patch, "/orders/42", """{"status":"shipped"}""", cancellation);
        await ExpectAsync(call, [new(AllOrders, "orders.updated")], cancellation);

        printer.Step("Resume", "What was kept comes now.");
        call = await CallAsync(HttpMethod.Post, $"/orders/42/subscriptions/{one}/resume", null, cancellation);
        await ExpectAsync(call, [new(OneOrder, "orders.updated")], cancellation);

        printer.Step("Unsubscribe from the resource, and delete the order", "After the 202 nothing more is sent to it. The subscription to the record hears of the end.");
        await CallAsync(HttpMethod.Post, "/orders/unsubscribe", $$"""{"id":"{{all}}"}""", cancellation);
        call = await CallAsync(HttpMethod.Delete, "/orders/42", null, cancellation);
        await ExpectAsync(call, [new(OneOrder, "orders.deleted")], cancellation);
        await ExpectSilenceAsync(cancellation);
        printer.TheEnd();
    }

    /// <summary>Leaves everything running and prints what the user's own calls bring, until cancelled.</summary>
    public async Task StayAsync(CancellationToken cancellation)
    {
        await SubscribeAsync("/orders", Yours, cancellation, quiet: true);
        printer.Farewell(house);
        await foreach (var receipt in house.Inbox.Receipts.ReadAllAsync(cancellation))
        {
            printer.Callback(receipt, latency: null);
        }
    }

    /// <returns>The id of the subscription.</returns>
    private async Task<string> SubscribeAsync(string resource, string path, CancellationToken cancellation, bool quiet = false)
    {
        var body = $$"""{"callback":"{{house.Places.Receiver}}{{path}}"}""";
        var exchange = await caller.CallAsync(HttpMethod.Post, resource + "/subscribe", body, cancellation);
        house.Inbox.Trust(path, exchange.Read("secret"));
        if (!quiet)
        {
            printer.Call(exchange);
        }

        return exchange.Read("id");
    }

    private async Task<Exchange> CallAsync(HttpMethod method, string path, string? body, CancellationToken cancellation)
    {
        var exchange = await caller.CallAsync(method, path, body, cancellation);
        printer.Call(exchange);
        return exchange;
    }

    /// <summary>Waits for exactly these callbacks, in any order; one that is not among them ends the story.</summary>
    private async Task ExpectAsync(Exchange cause, List<Expected> expected, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = time.CreateTimer(_ => patience.Cancel(), null, Patience, Timeout.InfiniteTimeSpan);
        while (expected.Count > 0)
        {
            Receipt receipt;
            try
            {
                receipt = await house.Inbox.Receipts.ReadAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new DemoException($"Within {Patience.TotalSeconds:0} s there should have come {string.Join(" and ", expected)}.");
            }

            printer.Callback(receipt, time.GetElapsedTime(cause.Started, receipt.At));
            if (receipt.Verdict is not Verdict.Verified || !expected.Remove(new(receipt.Path, receipt["ce-type"], receipt.Status)))
            {
                throw new DemoException($"This callback should not have come ({receipt.Fault ?? receipt.Verdict.ToString()}); expected was {string.Join(" and ", expected)}.");
            }
        }
    }

    private async Task ExpectSilenceAsync(CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = time.CreateTimer(_ => silence.Cancel(), null, Silence, Timeout.InfiniteTimeSpan);
        try
        {
            printer.Callback(await house.Inbox.Receipts.ReadAsync(silence.Token), latency: null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return;
        }

        throw new DemoException("This callback should not have come: nothing was owed any more.");
    }

    private sealed record Expected(string Path, string Type, int Status = 204)
    {
        public override string ToString() => $"{Type} at {Path} (answered {Status})";
    }
}
