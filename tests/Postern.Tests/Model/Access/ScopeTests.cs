using Postern.Model.Access;

namespace Postern.Tests.Model.Access;

public sealed class ScopeTests
{
    [Theory]
    [InlineData("subscribe", ScopeVerb.Subscribe, "/orders", true)]
    [InlineData("subscribe", ScopeVerb.Read, "/orders", true)]
    [InlineData("subscribe", ScopeVerb.Publish, "orders.created", false)]
    [InlineData("read", ScopeVerb.Subscribe, "/orders", false)]
    [InlineData("read:/orders/", ScopeVerb.Read, "/orders/42", true)]
    [InlineData("subscribe:/orders", ScopeVerb.Subscribe, "/orders", true)]
    [InlineData("subscribe:/orders", ScopeVerb.Read, "/orders/42", true)]
    [InlineData("subscribe:/orders", ScopeVerb.Subscribe, "/ordersheet", false)]
    [InlineData("subscribe:/orders", ScopeVerb.Subscribe, "/Orders", false)]
    [InlineData("subscribe:/orders", ScopeVerb.Subscribe, "/", false)]
    [InlineData("subscribe:/", ScopeVerb.Subscribe, "/orders", true)]
    [InlineData("publish", ScopeVerb.Publish, "orders.created", true)]
    [InlineData("publish", ScopeVerb.Subscribe, "/orders", false)]
    [InlineData("publish:orders.*", ScopeVerb.Publish, "orders.created", true)]
    [InlineData("publish:orders.*", ScopeVerb.Publish, "orders", false)]
    [InlineData("publish:orders.*", ScopeVerb.Publish, "ordersheet.created", false)]
    [InlineData("publish:orders.created", ScopeVerb.Publish, "orders.created.late", false)]
    [InlineData("audience:partners", ScopeVerb.Audience, "partners", true)]
    [InlineData("audience:partners", ScopeVerb.Audience, "partners.eu", false)]
    [InlineData("audience:partners", ScopeVerb.Read, "/partners", false)]
    [InlineData("subscribe", ScopeVerb.Audience, "partners", false)]
    public void A_scope_allows_what_it_names_and_what_lies_below(string text, ScopeVerb verb, string target, bool allowed)
    {
        Assert.True(Scope.TryParse(text, out var scope));
        Assert.Equal(allowed, scope.Allows(verb, target));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Subscribe")]
    [InlineData("subscribe:")]
    [InlineData("subscribe:orders")]
    [InlineData("subscribe:/orders?x")]
    [InlineData("publish:*")]
    [InlineData("publish:.orders")]
    [InlineData("publish:/orders")]
    [InlineData("admin")]
    [InlineData("audience")]
    [InlineData("audience:")]
    [InlineData("audience:*")]
    [InlineData("audience:a b")]
    public void What_is_no_scope_is_not_read(string text) => Assert.False(Scope.TryParse(text, out _));

    /// <summary>What two scopes share allows exactly what both allow, whichever of them asks.</summary>
    [Fact]
    public void What_two_scopes_share_is_what_both_allow()
    {
        string[] texts =
        [
            "read", "read:/orders", "read:/orders/42", "subscribe", "subscribe:/orders", "subscribe:/orders/42", "subscribe:/customers",
            "publish", "publish:orders.*", "publish:orders.items.*", "publish:orders.created", "publish:customers.*",
            "audience:partners", "audience:staff",
        ];
        var scopes = texts.Select(static text => Scope.TryParse(text, out var scope) ? scope : throw new InvalidOperationException(text)).ToList();
        (ScopeVerb Verb, string Target)[] asked =
        [
            .. from verb in (ScopeVerb[])[ScopeVerb.Read, ScopeVerb.Subscribe] from path in (string[])["/", "/orders", "/orders/42", "/orders/42/x", "/customers"] select (verb, path),
            .. from type in (string[])["orders.created", "orders.items.added", "customers.gone", "x"] select (ScopeVerb.Publish, type),
            (ScopeVerb.Audience, "partners"), (ScopeVerb.Audience, "staff"),
        ];
        foreach (var one in scopes)
        {
            foreach (var other in scopes)
            {
                var shared = new Scopes([one]).Shared(new Scopes([other]));
                Assert.All(asked, ask => Assert.Equal(
                    one.Allows(ask.Verb, ask.Target) && other.Allows(ask.Verb, ask.Target), shared.Allow(ask.Verb, ask.Target)));
            }
        }
    }
}
