using Postern.Model.Resources;

namespace Postern.Tests.Model.Resources;

public sealed class EventTypeNamesTests
{
    [Fact]
    public void What_a_call_makes_is_what_the_catalogue_lists()
    {
        string[] names = ["orders", "notes"];

        Assert.All(
            EventTypeNames.Of(names, "shop").SelectMany(static type => type.Methods.Select(method => (type.Type, Method: method))),
            listed => Assert.Equal(listed.Type, EventTypeNames.Of(listed.Method, 200, ofRecord: false, names, "shop")));
    }

    [Theory]
    [InlineData("customers.notes.created", true)]
    [InlineData("customers.notes.lines.deleted", true)]
    [InlineData("customers.created", false)]
    [InlineData("customers..created", false)]
    [InlineData("customers.notes", false)]
    [InlineData("customers.notes.recreated", false)]
    [InlineData("orders.notes.created", false)]
    public void A_name_of_the_convention_lies_below_by_whole_segments(string type, bool below) =>
        Assert.Equal(below, EventTypeNames.IsBelow(type, ["customers"]));

    [Fact]
    public void Below_the_root_lies_every_name_of_the_convention() => Assert.True(EventTypeNames.IsBelow("orders.created", []));
}
