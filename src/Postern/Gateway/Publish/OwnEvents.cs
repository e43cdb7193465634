using System.Globalization;
using Postern.Model;
using Postern.Model.Resources;
using Postern.Operations;

namespace Postern.Gateway.Publish;

/// <summary>Keeps publishers from saying what only the gateway says: by its types, or at its paths.</summary>
internal static class OwnEvents
{
    /// <summary>Ends the call with 422 when an event pretends to be the gateway's own.</summary>
    /// <param name="isBatch">Errors name the event by its index.</param>
    public static void Refuse(IReadOnlyList<EventContent> events, bool isBatch)
    {
        var errors = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        for (var index = 0; index < events.Count; index++)
        {
            var place = isBatch ? string.Create(CultureInfo.InvariantCulture, $"[{index}].") : "";
            if (events[index].Type.StartsWith(OwnResources.TypePrefix, StringComparison.OrdinalIgnoreCase))
            {
                errors[place + "type"] = [$"types that begin with {OwnResources.TypePrefix} are the gateway's own: give it another name."];
            }

            // The path of the record, too: a source of / with the subject postern comes to the same place.
            if (OwnResources.Hold(events[index].Path))
            {
                errors[place + "source"] = [$"what happens at {OwnResources.Root} and below it is said by the gateway alone: publish at another path."];
            }
        }

        if (errors.Count > 0)
        {
            throw Problems.Invalid(errors);
        }
    }
}
