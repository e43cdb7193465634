using Postern.Model;

namespace Postern.Tests.Configuration;

public sealed class VerificationKeyTests
{
    [Fact]
    public void What_holds_for_all_and_for_one_api_is_read()
    {
        var read = Loading.Accepted(Loading.Load(
            $"verification: {{ default: challenge, lease: 10d, origin: Gateway.Example.com }}\n{Loading.Good}\n    verify: handshake"));

        Assert.Equal(
            (Verification.Challenge, TimeSpan.FromDays(10), "gateway.example.com"),
            (read.Verification.Default, read.Verification.Lease, read.Verification.Origin));
        Assert.Equal(Verification.Handshake, read.Apis["shop"].Verify);
    }

    [Theory]
    [InlineData("verification: { default: handshake }", "", "verification.default", "set verification.origin")]
    [InlineData("", "verify: handshake", "apis.shop.verify", "set verification.origin")]
    [InlineData("", "verify: ping", "apis.shop.verify", "give one of none, challenge, handshake")]
    [InlineData("verification: { origin: https://gateway.example.com }", "", "verification.origin", "without scheme, port and path")]
    [InlineData("verification: { lease: 1m }", "", "verification.lease", "out of range: give 1h to 8760h")]
    public void What_cannot_be_meant_is_told(string line, string setting, string path, string message)
    {
        var error = Loading.Only(Loading.Load($"{line}\n{Loading.Good}\n    {setting}"));

        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
