using System.Text.Json;
using Postern.Configuration;
using Postern.Model;

namespace Postern.Operations.Announcements;

/// <summary>Makes the events of the gateway itself.</summary>
internal static class Announcement
{
    /// <param name="subscription">Id of the subscription it is about: the subject.</param>
    /// <param name="occasion">Names the occasion for ever: what is recorded twice is announced once.</param>
    /// <param name="owner">The subscription's owner, who may see it beside the operators.</param>
    public static EventContent Of(
        AnnouncementType type, string subscription, string occasion, string owner, object data, DateTimeOffset now, PosternConfiguration configuration) => new()
    {
        ProducerId = occasion,
        Source = type.Source,
        Type = type.Name,
        Subject = subscription,
        Time = now,
        DataContentType = "application/json",
        Audience = Audience(owner, configuration),
        Data = JsonSerializer.SerializeToUtf8Bytes(data, type.Data, Json.Options),
    };

    private static IReadOnlyList<string> Audience(string owner, PosternConfiguration configuration) =>
    [
        owner, .. configuration.Consumers
            .Where(consumer => consumer.Value.Operator && consumer.Key != owner).Select(consumer => consumer.Key).Order(StringComparer.Ordinal),
    ];
}
