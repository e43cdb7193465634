using System.Text.Json;
using Postern.Egress.Delivery;

namespace Postern.Tests.Egress.Delivery;

public sealed class TokenLifeTests
{
    [Theory]
    [InlineData("3600", 3540)]
    [InlineData("\"3600\"", 3540)]
    [InlineData("120", 60)]
    [InlineData("60", 30)]
    [InlineData("2", 5)]
    [InlineData("0", 5)]
    [InlineData("-1", 300)]
    [InlineData("1e400", 86_340)]
    [InlineData("99999999999999999999", 86_340)]
    [InlineData("\"soon\"", 300)]
    [InlineData("null", 300)]
    [InlineData("{}", 300)]
    public void A_token_is_used_until_shortly_before_its_end(string expiresIn, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), TokenLife.Of(JsonElement.Parse(expiresIn)));

    [Fact]
    public void One_without_an_end_is_used_for_five_minutes() => Assert.Equal(TimeSpan.FromMinutes(5), TokenLife.Of(default));
}
