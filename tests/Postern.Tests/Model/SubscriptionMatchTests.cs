using Postern.Model;

namespace Postern.Tests.Model;

/// <summary>What the property test beside the listener's index does not draw.</summary>
public class SubscriptionMatchTests
{
    [Theory]
    [InlineData("/", "/orders", true)]
    [InlineData("/", "/postern/subscriptions", false)]
    [InlineData("/postern", "/postern/subscriptions", true)]
    [InlineData("/postern", "/orders", false)]
    public void What_the_gateway_itself_says_goes_to_its_own_resource_alone(string resource, string source, bool takes)
    {
        using var match = new SubscriptionMatch(new Subscription
        {
            Id = "sub_1", Consumer = "acme", Resource = resource, Callback = "https://example.com/", Created = DateTimeOffset.UnixEpoch, Secrets = [],
        }, static (_, _) => true);
        var content = new EventContent { Source = source, Type = "any.thing", Subject = "1", Time = DateTimeOffset.UnixEpoch, Data = default };

        Assert.Equal(takes, match.Takes(new Event { Sequence = 1, Id = EventId.Create(1), Staged = DateTimeOffset.UnixEpoch, Content = content }));
    }
}
