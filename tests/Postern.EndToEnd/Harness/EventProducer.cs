using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;

namespace Postern.EndToEnd.Harness;

/// <summary>Publishes numbered events in batches over several connections, and keeps which of them were acknowledged.</summary>
internal sealed class EventProducer(string gateway, string source, int batchSize = 20, int connections = 8) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly HttpClient http = new() { BaseAddress = new Uri(gateway), Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentDictionary<string, byte> acknowledged = new(StringComparer.Ordinal);

    /// <summary>Ids of the events that were answered 202.</summary>
    public IReadOnlyCollection<string> Acknowledged => [.. acknowledged.Keys];

    public int AcknowledgedCount => acknowledged.Count;

    /// <summary>
    /// Publishes the events from <paramref name="first"/> on and returns when each was acknowledged, or when the gateway is no
    /// longer there. What was acknowledged before is not published again: the rest can be published by a second call. Fails when a
    /// batch is refused for longer than any fault of these scenarios lasts.
    /// </summary>
    public async Task PublishAsync(int first, int count, int bytes = 200)
    {
        var open = Enumerable.Range(first, count).Select(number => $"{number}").Where(id => !acknowledged.ContainsKey(id)).Chunk(batchSize);
        var batches = new ConcurrentQueue<string[]>(open);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => PublishAsync(batches, bytes)));
    }

    public void Dispose() => http.Dispose();

    private async Task PublishAsync(ConcurrentQueue<string[]> batches, int bytes)
    {
        var accepted = Stopwatch.StartNew();
        while (batches.TryDequeue(out var ids))
        {
            try
            {
                using var answer = await http.PostAsync("/events", BatchOf(ids, bytes));
                if (answer.StatusCode is HttpStatusCode.ServiceUnavailable)
                {
                    Assert.True(
                        accepted.Elapsed < Patience, $"Nothing is accepted at {http.BaseAddress} for {Patience.TotalSeconds} s: {await answer.Content.ReadAsStringAsync()}");
                    batches.Enqueue(ids);
                    await Task.Delay(TimeSpan.FromMilliseconds(50));
                    continue;
                }

                Assert.True(answer.StatusCode is HttpStatusCode.Accepted, $"A batch was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            }
            catch (HttpRequestException)
            {
                // The gateway is gone: nothing says whether this batch was taken.
                return;
            }

            accepted.Restart();
            foreach (var id in ids)
            {
                acknowledged.TryAdd(id, 0);
            }
        }
    }

    private StringContent BatchOf(IEnumerable<string> ids, int bytes)
    {
        var padding = new string('x', bytes);
        var events = ids.Select(id =>
            $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"{{{source}}}","type":"load.made","datacontenttype":"application/json","data":{"number":{{{id}}},"padding":"{{{padding}}}"}}""");
        var content = new StringContent($"[{string.Join(',', events)}]", Encoding.UTF8);
        content.Headers.ContentType = new("application/cloudevents-batch+json");
        return content;
    }
}
