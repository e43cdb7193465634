using System.Diagnostics.CodeAnalysis;
using Postern.Model;
using Postern.Storage.Sql.Engine;

namespace Postern.Storage.Sql.Writing;

/// <summary>
/// What the operations of a batch will ask for, asked once for all of them before the first is run: where each question is a journey to
/// another process, the journeys would be most of the price.
/// </summary>
internal sealed class Foresight
{
    private readonly Dictionary<(string Source, string ProducerId), Staged?> published = [];
    private readonly HashSet<long> fresh = [];
    private readonly HashSet<long> taken = [];
    private readonly IForesightQuestions ask;

    private Foresight(IForesightQuestions ask) => this.ask = ask;

    /// <summary>Null: this database is near, and each asks for itself.</summary>
    public static Foresight? Of(List<WriteOperation> batch, Connection connection)
    {
        if (connection is not IForesightQuestions ask)
        {
            return null;
        }

        var foresight = new Foresight(ask);
        foreach (var operation in batch)
        {
            operation.Foresee(foresight);
        }

        foresight.Look();
        return foresight;
    }

    // Operations

    /// <summary>These will be staged.</summary>
    public void Stage(IReadOnlyList<EventContent> contents)
    {
        foreach (var content in contents)
        {
            if (content.ProducerId is { } id)
            {
                published.TryAdd((content.Source, id), null);
            }
        }
    }

    /// <summary>This fresh callback will be taken from its place, whatever becomes of it.</summary>
    public void TakeFresh(long id) => fresh.Add(id);

    // What is run

    /// <summary>False when it was not foreseen; else the event that is there, null when there is none.</summary>
    public bool TryFind(EventContent content, [MaybeNullWhen(false)] out Staged? staged) => published.TryGetValue((content.Source, content.ProducerId!), out staged);

    public void Published(Event added)
    {
        if (added.Content.ProducerId is { } id)
        {
            published[(added.Content.Source, id)] = new Staged(added.Id, added.Sequence, Duplicate: true);
        }
    }

    /// <summary>What was published by an operation is not there after all: each asks for itself from here on.</summary>
    public void Forget() => published.Clear();

    /// <summary>Null when it was not foreseen; else whether it was there. It is there once.</summary>
    public bool? Take(long id)
    {
        if (!fresh.Contains(id))
        {
            return null;
        }

        var isTaken = taken.Remove(id);
        ask.Changed(isTaken ? 1 : 0);
        return isTaken;
    }

    /// <exception cref="InvalidOperationException">Something was taken that no operation has put anywhere: nothing of the batch may be kept.</exception>
    public void ThrowIfLeft()
    {
        if (taken.Count > 0)
        {
            throw new InvalidOperationException("An operation did not take the callback that it had said it would.");
        }
    }

    private void Look()
    {
        if (published.Count > 0)
        {
            foreach (var (source, producerId, staged) in ask.FindPublished([.. published.Keys]))
            {
                published[(source, producerId)] = staged;
            }
        }

        if (fresh.Count > 0)
        {
            taken.UnionWith(ask.TakeFresh([.. fresh]));
        }
    }
}

/// <summary>Answers for many operations at once.</summary>
internal interface IForesightQuestions
{
    IReadOnlyList<(string Source, string ProducerId, Staged Staged)> FindPublished(IReadOnlyList<(string Source, string ProducerId)> keys);

    /// <summary>Removes fresh callbacks, and gives those that were there.</summary>
    IReadOnlyList<long> TakeFresh(long[] ids);

    /// <summary>Rows that were removed for an operation count as changed when it takes them.</summary>
    void Changed(int rows);
}
