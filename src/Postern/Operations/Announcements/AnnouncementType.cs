using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.ComponentModel;
using System.Reflection;
using Postern.Model;
using Postern.Model.Resources;

namespace Postern.Operations.Announcements;

/// <summary>The kinds of events that the gateway itself makes.</summary>
/// <param name="Source">The resource it happens at.</param>
/// <param name="Data">Record of its data.</param>
internal sealed record AnnouncementType(string Name, string Source, Type Data)
{
    public static AnnouncementType Failing { get; } = OfSubscription("failing");

    public static AnnouncementType Recovered { get; } = OfSubscription("recovered");

    public static AnnouncementType Disabled { get; } = OfSubscription("disabled");

    public static AnnouncementType Gone { get; } = OfSubscription("gone");

    public static AnnouncementType Verified { get; } = OfSubscription("verified");

    public static AnnouncementType Unverified { get; } = OfSubscription("unverified");

    public static AnnouncementType Dead { get; } =
        new(OwnResources.TypePrefix + "callback.dead", OwnResources.Callbacks, typeof(DeadCallbackData));

    public static IReadOnlyList<AnnouncementType> All { get; } = [Failing, Recovered, Disabled, Gone, Verified, Unverified, Dead];

    /// <summary>Those that happen at a path or below it.</summary>
    public static IEnumerable<AnnouncementType> At(string path) => All.Where(type => ResourcePath.IsAtOrBelow(type.Source, path));

    /// <summary>JSON Schema of its data, for the catalogue.</summary>
    public JsonNode Schema() => Json.Options.GetJsonSchemaAsNode(Data, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = static (context, schema) =>
        {
            if (schema is JsonObject described)
            {
                // What is sent may grow.
                described.Remove("additionalProperties");
                if (context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true) is [DescriptionAttribute text, ..])
                {
                    described["description"] = text.Description;
                }
            }

            return schema;
        },
    });

    private static AnnouncementType OfSubscription(string what) =>
        new(OwnResources.TypePrefix + "subscription." + what, OwnResources.Subscriptions, typeof(SubscriptionData));
}
