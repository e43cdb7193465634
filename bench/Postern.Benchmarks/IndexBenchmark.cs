using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Postern.Listener;
using Postern.Model;
using Postern.Ports;

namespace Postern.Benchmarks;

/// <summary>The listener's index: a million subscriptions to single records, and many with filters at one resource.</summary>
[Config(typeof(ShortInProcess))]
[MemoryDiagnoser]
public class IndexBenchmark
{
    private const int Subscriptions = 1_000_000;
    private const int Candidates = 10_000;

    // Filled once for all benchmarks of the process: a million subscriptions take longer than what is measured on them.
    private static readonly SubscriptionIndex index = new(static (_, _) => true, (_, _, exception) => throw exception);
    private static readonly Event[] records = new Event[1024];
    private static long number;

    private readonly List<Match> matches = [];
    private readonly Event filtered = Make("/filtered", "1");
    private readonly Event compared = Make("/compared", "1");
    private int next;

    [GlobalSetup]
    public void Fill()
    {
        if (number > 0)
        {
            return;
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var key = 0; key < Subscriptions; key++)
        {
            index.Set(Subscribe("/orders", key.ToString(CultureInfo.InvariantCulture), null), 0);
        }

        Console.WriteLine($"// {(GC.GetTotalMemory(forceFullCollection: true) - before) / Subscriptions} bytes for each subscription to a record");
        for (var one = 0; one < Candidates; one++)
        {
            index.Set(Subscribe("/filtered", null, $$$"""{"exact":{"data.customer.id":"c-{{{one}}}"}}"""), 0);
            index.Set(Subscribe("/compared", null, $$$"""{"prefix":{"data.customer.id":"d-{{{one}}}"}}"""), 0);
        }

        for (var record = 0; record < records.Length; record++)
        {
            records[record] = Make("/orders", (record * 977L % Subscriptions).ToString(CultureInfo.InvariantCulture));
        }
    }

    [Benchmark(Description = "match one record's event among all")]
    public int Record() => Ask(records[next++ & 1023]);

    [Benchmark(Description = "10,000 candidates, exact on one field of 1 KiB of JSON")]
    public int Exact() => Ask(filtered);

    [Benchmark(Description = "10,000 candidates, prefix on one field of 1 KiB of JSON")]
    public int Prefix() => Ask(compared);

    [Benchmark(Description = "add and remove one subscription")]
    public void AddAndRemove()
    {
        var subscription = Subscribe("/orders", "42", null);
        index.Set(subscription, 0);
        index.Remove(subscription.Number);
    }

    private int Ask(Event @event)
    {
        matches.Clear();
        index.Match(@event, matches);
        return matches.Count;
    }

    private static Subscription Subscribe(string resource, string? key, string? filter) => new()
    {
        Number = ++number, Id = "", Consumer = "acme", Resource = resource, Key = key, Callback = "https://example.com/",
        Events = ["orders.created"], Filter = filter, Created = default, Secrets = [], Version = 1,
    };

    private static Event Make(string source, string key) => new()
    {
        Sequence = 1, Id = EventId.Create(1), Staged = default,
        Content = new EventContent
        {
            Source = source, Subject = key, Type = "orders.created", Time = default, DataContentType = "application/json",
            Data = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 480)}}","customer":{"id":"c-77","name":"A"},"more":"{{new string('y', 480)}}"}"""),
        },
    };
}
