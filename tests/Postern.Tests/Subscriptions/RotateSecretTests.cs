using Postern.Subscriptions;

namespace Postern.Tests.Subscriptions;

public sealed class RotateSecretTests : IAsyncLifetime
{
    private TestGateway gateway = null!;
    private string id = "";

    public async ValueTask InitializeAsync()
    {
        gateway = await TestGateway.StartAsync();
        id = await gateway.SubscribeAsync();
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task The_new_secret_is_first_and_the_old_one_signs_for_the_configured_time()
    {
        var old = (await gateway.ReadAsync(id)).Secrets[0];

        var answer = (await RotateAsync()).Expect(200);

        var ends = gateway.Time.GetUtcNow() + TimeSpan.FromHours(24);
        var secrets = (await gateway.ReadAsync(id)).Secrets;
        Assert.Equal(2, secrets.Count);
        Assert.Equal(answer.Text("secret"), SigningSecret.Format(gateway.Protector.Open(id, secrets[0])));
        Assert.Null(secrets[0].Expires);
        Assert.Equal(old.Ciphertext.ToArray(), secrets[1].Ciphertext.ToArray());
        Assert.Equal(ends, secrets[1].Expires);
        Assert.Equal(ends, answer.Body.GetProperty("previousSecretExpires").GetDateTimeOffset());
        Assert.Equal(ends, (await gateway.GetAsync($"/orders/subscriptions/{id}")).Body.GetProperty("previousSecretExpires").GetDateTimeOffset());
    }

    [Fact]
    public async Task An_own_secret_and_overlap_are_taken()
    {
        var answer = (await RotateAsync("""{"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","overlap":"90s"}""")).Expect(200);
        Assert.Equal("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", answer.Text("secret"));
        Assert.Equal(gateway.Time.GetUtcNow().AddSeconds(90), (await gateway.ReadAsync(id)).Secrets[1].Expires);
    }

    [Fact]
    public async Task No_overlap_ends_every_older_secret_at_once()
    {
        await RotateAsync();
        await RotateAsync();
        Assert.False((await RotateAsync("""{"overlap":"0s"}""")).Expect(200).Has("previousSecretExpires"));
        Assert.Single((await gateway.ReadAsync(id)).Secrets);
    }

    [Fact]
    public async Task A_fourth_living_secret_is_a_409_until_one_has_ended()
    {
        await RotateAsync("""{"overlap":"1h"}""");
        await RotateAsync("""{"overlap":"2h"}""");
        var before = await gateway.SnapshotAsync(id);
        (await RotateAsync()).Expect(409);
        Assert.Equal(before, await gateway.SnapshotAsync(id));

        gateway.Time.Advance(TimeSpan.FromHours(1));
        (await RotateAsync()).Expect(200);
        Assert.Equal(3, (await gateway.ReadAsync(id)).Secrets.Count);
    }

    [Fact]
    public async Task A_secret_that_ends_is_never_given_more_time()
    {
        await RotateAsync("""{"overlap":"1h"}""");
        await RotateAsync("""{"overlap":"7d"}""");
        var now = gateway.Time.GetUtcNow();
        Assert.Equal([null, now.AddDays(7), now.AddHours(1)], (await gateway.ReadAsync(id)).Secrets.Select(secret => secret.Expires));
    }

    [Theory]
    [InlineData("""{"overlap":"31d"}""", "overlap")]
    [InlineData("""{"overlap":"-1s"}""", "overlap")]
    [InlineData("""{"overlap":60}""", "overlap")]
    [InlineData("""{"secret":"password"}""", "secret")]
    [InlineData("""{"secrets":[]}""", "secrets")]
    public async Task What_cannot_be_is_a_422(string body, string field) => Assert.Equal([field], (await RotateAsync(body)).Expect(422).Errors);

    private Task<Answer> RotateAsync(string? body = null) => gateway.PostAsync($"/orders/subscriptions/{id}/rotate-secret", body);
}
