using Postern.Model;
using Postern.Model.Filters;
using Postern.Model.Resources;
using Postern.Ports;

namespace Postern.Listener;

/// <summary>
/// Finds the subscriptions that take an event: by each prefix of its path of whole segments, then by type, then by filter.
/// Derived from the store and rebuilt at start. Owned by the listener's loop: single-threaded.
/// </summary>
/// <param name="maySee">Whether an event may be shown to a consumer; asked for those alone that have an audience.</param>
/// <param name="fault">Told when asking a filter fails; it then counts as not matching, and the others are asked.</param>
internal sealed class SubscriptionIndex(Func<EventContent, string, bool> maySee, Action<long, Event, Exception> fault) : IDisposable
{
    private readonly Dictionary<string, PathBucket> buckets = new(StringComparer.Ordinal);
    private readonly Dictionary<long, IndexEntry> entries = [];
    private readonly Dictionary<string, string> consumers = new(StringComparer.Ordinal);
    private readonly FieldPool pool = new();
    private readonly EventFields fields = new();
    private int deepest;

    /// <summary>Subscriptions that take events or could again.</summary>
    public int Count => entries.Count;

    /// <summary>Paths that are subscribed to.</summary>
    public int Paths => buckets.Count;

    /// <summary>Fields that filters ask for.</summary>
    public int Fields => pool.Count;

    /// <summary>
    /// Takes a subscription as it stands now; an older version than the one known is ignored. Answers what is wrong with its
    /// filter (it then takes nothing: the filter may have been what keeps events away), usually nothing.
    /// </summary>
    /// <param name="log">End of the log at the change: one that took no events before takes those after this; 0 while loading.</param>
    public IReadOnlyList<FilterError> Set(Subscription subscription, long log)
    {
        var takes = subscription.State is SubscriptionState.Active or SubscriptionState.Paused or SubscriptionState.Pending;
        var after = subscription.After;
        if (entries.TryGetValue(subscription.Number, out var known))
        {
            if (known.Version >= subscription.Version)
            {
                return [];
            }

            after = Math.Max(after, known.Places.Length > 0 ? known.After : log);
            TakeOut(known);
        }

        var parse = takes ? FilterParser.ParseStored(subscription.Filter, pool) : new FilterParse(null, []);
        var entry = new IndexEntry
        {
            Number = subscription.Number, Version = subscription.Version, Consumer = Shared(subscription.Consumer), After = after, Filter = parse.Filter,
            Order = subscription.Order,
        };
        entries[subscription.Number] = entry;
        if (takes && parse.Errors.Count == 0)
        {
            PutIn(entry, subscription);
        }

        return parse.Errors;
    }

    public void Remove(long number)
    {
        if (entries.Remove(number, out var entry))
        {
            TakeOut(entry);
        }
    }

    /// <summary>Adds a match for each subscription that takes the event.</summary>
    public void Match(Event @event, List<Match> matches)
    {
        var content = @event.Content;
        if (content.Target is { } target)
        {
            // A test event is for this one whatever it filters.
            if (entries.TryGetValue(target, out var entry) && entry.Places.Length > 0 && MayTake(entry, @event))
            {
                matches.Add(new Match(@event.Sequence, target));
            }

            return;
        }

        fields.Begin(@event);
        var lookup = buckets.GetAlternateLookup<ReadOnlySpan<char>>();
        var path = content.Path.AsSpan();
        if (!OwnResources.Hold(path) && buckets.TryGetValue("/", out var root))
        {
            Match(root, @event, matches);
        }

        // A path of ten thousand segments is looked up no deeper than anybody has subscribed.
        var depth = 0;
        for (var end = 2; end <= path.Length && depth < deepest; end++)
        {
            if (end == path.Length || path[end] == '/')
            {
                depth++;
                if (lookup.TryGetValue(path[..end], out var bucket))
                {
                    Match(bucket, @event, matches);
                }
            }
        }
    }

    public void Dispose() => fields.Dispose();

    private void Match(PathBucket bucket, Event @event, List<Match> matches)
    {
        if (bucket.All is { } all)
        {
            Match(all, @event, matches);
        }

        if (bucket.Find(@event.Content.Type) is { } group)
        {
            Match(group, @event, matches);
        }
    }

    private void Match(TypeGroup group, Event @event, List<Match> matches)
    {
        Ask(group, @event, matches);
        if (group.Fields is null)
        {
            return;
        }

        foreach (var index in group.Fields.Values)
        {
            foreach (var value in fields.Get(index.Path))
            {
                if (index.Lists.TryGetValue(value, out var list))
                {
                    Ask(list, @event, matches);
                }
            }
        }
    }

    private void Ask(IndexList list, Event @event, List<Match> matches)
    {
        for (var index = 0; index < list.Count; index++)
        {
            var entry = list[index];
            if (MayTake(entry, @event) && (entry.Filter is null || Holds(entry, @event)))
            {
                matches.Add(new Match(@event.Sequence, entry.Number, OrderKey.Of(entry.Order, @event.Content)));
            }
        }
    }

    /// <summary>Whether the event may come to it at all, apart from path, type and filter.</summary>
    private bool MayTake(IndexEntry entry, Event @event) =>
        @event.Sequence > entry.After && (@event.Content.Audience is null || maySee(@event.Content, entry.Consumer));

    private bool Holds(IndexEntry entry, Event @event)
    {
        try
        {
            return entry.Filter!.Matches(fields);
        }
        catch (Exception exception)
        {
            // One filter must not stop the log for everybody.
            fault(entry.Number, @event, exception);
            return false;
        }
    }

    private void PutIn(IndexEntry entry, Subscription subscription)
    {
        var path = subscription.Path;
        if (!buckets.TryGetValue(path, out var bucket))
        {
            buckets[path] = bucket = new PathBucket(path);
            deepest = Math.Max(deepest, path.AsSpan().Count('/'));
        }

        string?[] types = subscription.Events.Count == 0 ? [null] : [.. subscription.Events.Distinct(StringComparer.Ordinal)];
        entry.Places = new IndexPlace[types.Length];
        for (var place = 0; place < types.Length; place++)
        {
            bucket.GetOrAdd(types[place]).ListFor(entry.Filter?.Equality).Add(entry, place);
        }
    }

    private void TakeOut(IndexEntry entry)
    {
        foreach (var place in entry.Places)
        {
            place.List.RemoveAt(place.Position);
            if (place.List is ValueList { Count: 0 } list)
            {
                list.Group.Drop(list);
            }

            var group = place.List as TypeGroup ?? ((ValueList)place.List).Group;
            if (group.IsEmpty)
            {
                group.Bucket.Drop(group);
            }

            if (group.Bucket.IsEmpty)
            {
                buckets.Remove(group.Bucket.Path);
            }
        }

        entry.Places = [];
        entry.Filter?.Release(pool);
    }

    private string Shared(string consumer)
    {
        if (!consumers.TryGetValue(consumer, out var shared))
        {
            consumers[consumer] = shared = consumer;
        }

        return shared;
    }
}
