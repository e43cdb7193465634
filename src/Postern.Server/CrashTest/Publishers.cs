using System.Text;

namespace Postern.Server.CrashTest;

/// <summary>Publishers that send batch after batch, each until it is acknowledged, and a caller of the API whose changes are captured.</summary>
internal sealed class Publishers(GatewayCaller gateway, Numbers numbers, TimeProvider time)
{
    private const int Publishing = 4;
    private const int Batch = 50;
    private const int RecordsPerPublisher = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private long published;

    /// <summary>Published events that were acknowledged; without the captured ones.</summary>
    public long Acknowledged => Interlocked.Read(ref published);

    /// <param name="mayGoOn">Asked before each batch: false while there is too much under way.</param>
    public Task RunAsync(Func<bool> mayGoOn, CancellationToken stop) =>
        Task.WhenAll([.. Enumerable.Range(0, Publishing).Select(index => PublishAsync(index, mayGoOn, stop)), CallAsync(stop)]);

    private async Task PublishAsync(int publisher, Func<bool> mayGoOn, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (!mayGoOn())
            {
                await WaitAsync(stop);
                continue;
            }

            var first = numbers.Take(Batch);
            var body = BatchOf(publisher, first);

            // Every other publisher has keys as well: a repeated batch is then answered from what was kept of the first.
            var once = publisher % 2 == 1 ? $"batch-{first}" : null;
            while (!stop.IsCancellationRequested)
            {
                // Again with the same ids until it is acknowledged, as a publisher should: the order of a record is then that of its numbers.
                if (await CallAsync("/events", body, "application/cloudevents-batch+json", once, stop) is { Status: 202 })
                {
                    numbers.Acknowledge(first, Batch);
                    Interlocked.Add(ref published, Batch);
                    break;
                }

                await WaitAsync(stop);
            }
        }
    }

    /// <summary>Changes through the API. One that was not answered is not made again: the caller does not know whether it was.</summary>
    private async Task CallAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var number = numbers.Take(1, captured: true);
            if (await CallAsync("/things", Payload.Of(number), "application/json", once: null, stop) is { Status: 201 })
            {
                numbers.Acknowledge(number, 1);
            }
            else
            {
                numbers.Forget(number);
            }

            await WaitAsync(stop);
        }
    }

    private async Task<Answer?> CallAsync(string path, string body, string contentType, string? once, CancellationToken stop)
    {
        try
        {
            return await gateway.CallAsync(HttpMethod.Post, path, body, contentType, NodeFiles.Consumers[0], once, stop);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(Pause, time, stop);
        }
        catch (OperationCanceledException)
        {
            // The load has ended.
        }
    }

    private static string BatchOf(int publisher, uint first)
    {
        var text = new StringBuilder("[", Batch * 300);
        for (var number = first; number < first + Batch; number++)
        {
            var record = publisher * RecordsPerPublisher + number % RecordsPerPublisher + 1;
            text.Append(number == first ? "" : ",").Append(
                $$"""{"specversion":"1.0","id":"{{number}}","source":"/load","type":"{{EventClass.Type(number)}}","subject":"k{{record}}","datacontenttype":"application/json","data":{{Payload.Of(number)}}}""");
        }

        return text.Append(']').ToString();
    }
}
