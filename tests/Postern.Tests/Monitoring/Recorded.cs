using System.Text;
using Postern.Model;

namespace Postern.Tests.Monitoring;

/// <summary>Entries of a store as tests need them.</summary>
internal static class Recorded
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static Event Event(long sequence, string type = "orders.created", string source = "/orders", string? subject = "42",
        string? contentType = "application/json", string data = """{"total":1.50}""") => new()
        {
            Sequence = sequence, Id = EventId.Create(sequence), Staged = Noon,
            Content = new EventContent
            {
                Source = source, Type = type, Subject = subject, Time = Noon, DataContentType = contentType, Data = Encoding.UTF8.GetBytes(data),
            },
        };

    public static Subscription Subscription(long number, string consumer = "acme", SubscriptionState state = SubscriptionState.Active, string resource = "/orders") => new()
    {
        Number = number, Id = $"sub_{number}", Consumer = consumer, Resource = resource, Callback = $"https://example.com/{number}", State = state,
        Created = Noon, Filter = """[{"exact":{"type":"orders.created"}}]""", Metadata = """{"team":"blue"}""",
        Secrets = [new SealedSecret(Encoding.UTF8.GetBytes("planted-ciphertext"), null)],
    };

    public static Callback Callback(long id, CallbackState state = CallbackState.Pending, string subscription = "sub_1") => new()
    {
        Id = id, EventId = EventId.Create(id), EventType = "orders.created", SubscriptionId = subscription, Consumer = "acme",
        Destination = "https://example.com/1", State = state, Attempts = 3,
    };

    public static (AttemptEntry, long, long) Attempt(long number, AttemptOutcome outcome = AttemptOutcome.Delivered, long @event = 1, long subscription = 1, byte[]? response = null) => (
        new AttemptEntry(
            new Attempt { Number = number, At = Noon, Outcome = outcome, Status = 200, Duration = TimeSpan.FromMilliseconds(12), Address = "192.0.2.1:443", Response = response ?? [] },
            Callback: number, Ordinal: 1, EventId.Create(@event), "orders.created", $"sub_{subscription}"),
        @event, subscription);
}
