using System.Text;
using Postern.Model;

namespace Postern.Tests.Model.Filters;

/// <summary>Events to match: <c>orders.created</c> of <c>/orders/42</c> unless said otherwise.</summary>
internal static class TestEvents
{
    public static DateTimeOffset Time { get; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static EventContent Content(string source = "/orders", string? subject = "42", string type = "orders.created", string data = "{}") => new()
    {
        Source = source, Subject = subject, Type = type, Time = Time, DataContentType = "application/json", Data = Encoding.UTF8.GetBytes(data),
    };

    public static Event Make(EventContent content, long sequence = 1) =>
        new() { Sequence = sequence, Id = EventId.Create(sequence), Staged = Time, Content = content };

    public static Event Make(string data) => Make(Content(data: data));
}
