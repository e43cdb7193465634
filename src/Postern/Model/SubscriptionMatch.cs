using Postern.Model.Filters;
using Postern.Model.Resources;

namespace Postern.Model;

/// <summary>
/// Whether one subscription takes an event: path, type, audience, target and filter. The listener's index decides the same for a
/// million of them at once, by these rules. Single-threaded.
/// </summary>
internal sealed class SubscriptionMatch : IDisposable
{
    private readonly Subscription subscription;
    private readonly Func<EventContent, string, bool> maySee;
    private readonly EventFields fields = new();
    private readonly FilterParse parse;

    /// <param name="maySee">Whether an event may be shown to a consumer.</param>
    public SubscriptionMatch(Subscription subscription, Func<EventContent, string, bool> maySee)
    {
        (this.subscription, this.maySee) = (subscription, maySee);
        parse = FilterParser.ParseStored(subscription.Filter, new FieldPool());
    }

    /// <summary>Why it takes nothing: its filter cannot be read, and may have been what keeps events away.</summary>
    public IReadOnlyList<FilterError> Errors => parse.Errors;

    /// <summary>Whether it takes the event, whenever the event was staged.</summary>
    public bool Takes(Event @event)
    {
        var content = @event.Content;
        if (parse.Errors.Count > 0 || !maySee(content, subscription.Consumer))
        {
            return false;
        }

        // A test event is for this one whatever it filters.
        return content.Target is { } target
            ? target == subscription.Number
            : ResourcePath.IsAtOrBelow(content.Path, subscription.Path)
              && (!OwnResources.Hold(content.Path) || OwnResources.Hold(subscription.Path))
              && (subscription.Events.Count == 0 || subscription.Events.Contains(content.Type, StringComparer.Ordinal))
              && (parse.Filter is null || Holds(parse.Filter, @event));
    }

    public void Dispose() => fields.Dispose();

    private bool Holds(Filter filter, Event @event)
    {
        fields.Begin(@event);
        return filter.Matches(fields);
    }
}
