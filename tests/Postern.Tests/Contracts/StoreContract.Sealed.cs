using Postern.Model;
using Postern.Ports;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Sealed_secrets_are_read_page_by_page_with_their_owners()
    {
        var added = new List<Subscription>();
        for (var index = 0; index < 5; index++)
        {
            added.Add(await AddAsync());
        }

        var first = await Store.ReadSealedAsync(SecretPurpose.Signing, 0, 3, Cancellation);
        var second = await Store.ReadSealedAsync(SecretPurpose.Signing, first[^1].Number, 3, Cancellation);

        Assert.Equal(added.Select(subscription => subscription.Id), first.Concat(second).Select(row => row.Owner));
        Assert.Equal(new byte[] { 1, 2, 3 }, Assert.Single(first[0].Ciphertexts).ToArray());
    }

    [Fact]
    public async Task A_signing_secret_is_replaced_where_it_still_stands_and_nobody_is_told()
    {
        var expires = Time.GetUtcNow().AddHours(1);
        var subscription = await AddAsync(Wish() with { Secrets = [Sealed(1), Sealed(2) with { Expires = expires }] });
        var told = 0;
        Store.SubscriptionChanged += _ => told++;

        await Store.ReplaceSealedAsync(SecretPurpose.Signing, [Anew(subscription.Number, 2, 9), Anew(subscription.Number, 7, 8), Anew(99, 1, 8)], Cancellation);
        await ReopenAsync();

        var stands = (await Store.FindSubscriptionAsync(subscription.Id, Cancellation))!;
        Assert.Equal([1, 9], stands.Secrets.Select(secret => (int)secret.Ciphertext.Span[0]));
        Assert.Equal([null, expires], stands.Secrets.Select(secret => secret.Expires));
        Assert.Equal((0, subscription.Version), (told, stands.Version));
    }

    [Fact]
    public async Task A_kept_answer_is_replaced_where_it_still_stands()
    {
        await Store.AddSubscriptionAsync(Wish(), Call("k"), _ => new byte[] { 1 }, Cancellation);
        var row = Assert.Single(await Store.ReadSealedAsync(SecretPurpose.Answer, 0, 10, Cancellation));
        Assert.Equal("publish\nacme\nk", row.Owner);

        await Store.ReplaceSealedAsync(SecretPurpose.Answer, [Anew(row.Number, 2, 8)], Cancellation);
        Assert.Equal(new byte[] { 1 }, (await Store.FindAnswerAsync(Call("k"), Cancellation))!.Answer.ToArray());
        await Store.ReplaceSealedAsync(SecretPurpose.Answer, [Anew(row.Number, 1, 9)], Cancellation);
        Assert.Equal(new byte[] { 9 }, (await Store.FindAnswerAsync(Call("k"), Cancellation))!.Answer.ToArray());
    }

    [Fact]
    public async Task A_part_of_a_delivery_is_replaced_where_it_still_stands()
    {
        var subscription = await AddAsync(Wish() with { Delivery = new SubscriptionDelivery(Part(1), null, Part(1)) });
        var row = Assert.Single(await Store.ReadSealedAsync(SecretPurpose.DeliveryTls, 0, 10, Cancellation));
        Assert.Equal((subscription.Id, (byte)1), (row.Owner, Assert.Single(row.Ciphertexts).Span[0]));
        Assert.Empty(Assert.Single(await Store.ReadSealedAsync(SecretPurpose.DeliveryHeaders, 0, 10, Cancellation)).Ciphertexts);

        await Store.ReplaceSealedAsync(SecretPurpose.DeliveryTls, [Anew(row.Number, 2, 8)], Cancellation);
        await Store.ReplaceSealedAsync(SecretPurpose.DeliveryTls, [Anew(row.Number, 1, 9)], Cancellation);
        await ReopenAsync();

        var stands = (await Store.FindSubscriptionAsync(subscription.Id, Cancellation))!;
        Assert.Equal((1, 9), (stands.Delivery!.Auth!.Ciphertext.Span[0], stands.Delivery.Tls!.Ciphertext.Span[0]));
        Assert.Equal(subscription.Version, stands.Version);
    }

    [Fact]
    public async Task Every_purpose_has_its_place() => Assert.All(
        await Task.WhenAll(Enum.GetValues<SecretPurpose>().Select(purpose => Store.ReadSealedAsync(purpose, 0, 1, Cancellation).AsTask())), Assert.Empty);

    private static SealedPart Part(byte content) => new("null", new[] { content });

    private static SealedSecret Sealed(byte content) => new(new[] { content }, null);

    private static ResealedSecret Anew(long number, byte before, byte after) => new(number, new[] { before }, new[] { after });
}
