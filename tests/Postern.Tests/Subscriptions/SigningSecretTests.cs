using Postern.Subscriptions;

namespace Postern.Tests.Subscriptions;

public sealed class SigningSecretTests
{
    [Fact]
    public void From_24_to_64_bytes_are_a_secret() => Assert.Equal(
        Enumerable.Range(24, 41), Enumerable.Range(0, 100).Where(length => SigningSecret.Parse(SigningSecret.Format(new byte[length])) is not null));

    [Theory]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_")]
    [InlineData("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-")]
    [InlineData("whsec_MfKQ 9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB==")]
    public void Another_spelling_is_none(string text) => Assert.Null(SigningSecret.Parse(text));

    [Fact]
    public void A_new_secret_has_32_bytes_and_is_never_made_twice()
    {
        var made = Enumerable.Range(0, 100).Select(_ => SigningSecret.Format(SigningSecret.Create())).ToHashSet();
        Assert.Equal(100, made.Count);
        Assert.All(made, secret => Assert.Equal(32, SigningSecret.Parse(secret)!.Length));
    }

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("24h", 86_400)]
    [InlineData("30d", 2_592_000)]
    [InlineData("2592000s", 2_592_000)]
    [InlineData("2592001s", null)]
    [InlineData("721h", null)]
    [InlineData("31d", null)]
    [InlineData("9999999d", null)]
    [InlineData("s", null)]
    [InlineData("1", null)]
    [InlineData("1w", null)]
    [InlineData("-1s", null)]
    [InlineData(" 1s", null)]
    [InlineData("1.5h", null)]
    public void An_overlap_is_a_number_and_a_unit_up_to_thirty_days(string text, int? seconds) =>
        Assert.Equal(seconds, (int?)Overlap.Parse(text)?.TotalSeconds);
}
