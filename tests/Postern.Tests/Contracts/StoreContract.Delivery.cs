using Postern.Model;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task The_sealed_parts_of_a_delivery_come_out_as_they_went_in()
    {
        var delivery = new SubscriptionDelivery(new SealedPart("""{"type":"bearer"}""", new byte[] { 1, 0, 255 }), null, new SealedPart("""{"ca":true}""", new byte[] { 7 }));

        var added = await AddAsync(Wish() with { Delivery = delivery });
        await ReopenAsync();

        AssertSame(delivery, (await Store.FindSubscriptionAsync(added.Id, Cancellation))!.Delivery);
        AssertSame(delivery, (await Store.ReadSubscriptionAsync(added.Number, Cancellation))!.Delivery);
    }

    [Fact]
    public async Task A_delivery_can_be_changed_and_taken_away()
    {
        var added = await AddAsync(Wish() with { Delivery = new SubscriptionDelivery(new SealedPart("{}", new byte[] { 1 }), null, null) });
        var other = new SubscriptionDelivery(null, new SealedPart("""["X-Tenant"]""", new byte[] { 2 }), null);

        await Store.ChangeSubscriptionAsync(added.Id, current => current with { Delivery = other }, Cancellation);
        AssertSame(other, (await Store.FindSubscriptionAsync(added.Id, Cancellation))!.Delivery);

        await Store.ChangeSubscriptionAsync(added.Id, current => current with { Delivery = null }, Cancellation);
        await ReopenAsync();
        Assert.Null((await Store.FindSubscriptionAsync(added.Id, Cancellation))!.Delivery);
    }

    private static void AssertSame(SubscriptionDelivery expected, SubscriptionDelivery? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(Parts(expected), Parts(actual));

        static IEnumerable<(string?, string?)> Parts(SubscriptionDelivery delivery) => new[] { delivery.Auth, delivery.Headers, delivery.Tls }
            .Select(part => (part?.Shown, part is null ? null : Convert.ToHexString(part.Ciphertext.Span)));
    }
}
