using System.Text;
using Postern.Samples.Receiver;

namespace Postern.EndToEnd.Samples;

public sealed class StandardWebhookTests
{
    // The example of the Standard Webhooks specification.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Timestamp = "1614265330";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    [Fact]
    public void The_example_of_the_specification_is_genuine() =>
        Assert.Null(StandardWebhook.FaultOf(Secret, Id, Timestamp, Signature, Body, Then));

    [Fact]
    public void One_genuine_signature_among_others_is_enough() =>
        Assert.Null(StandardWebhook.FaultOf(Secret, Id, Timestamp, $"v1,AAAA v1a,BBBB {Signature}", Body, Then));

    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public void Five_minutes_from_this_clock_are_taken(int seconds) =>
        Assert.Null(StandardWebhook.FaultOf(Secret, Id, Timestamp, Signature, Body, Then.AddSeconds(seconds)));

    [Theory]
    [InlineData(-301)]
    [InlineData(301)]
    public void More_than_five_minutes_are_not(int seconds) =>
        Assert.NotNull(StandardWebhook.FaultOf(Secret, Id, Timestamp, Signature, Body, Then.AddSeconds(seconds)));

    [Theory]
    [InlineData(null, Timestamp, Signature)]
    [InlineData(Id, null, Signature)]
    [InlineData(Id, Timestamp, null)]
    [InlineData(Id, Timestamp, "")]
    [InlineData("msg_another", Timestamp, Signature)]
    [InlineData(Id, "1614265331", Signature)]
    [InlineData(Id, "-1614265330", Signature)]
    [InlineData(Id, "9223372036854775807", Signature)]
    [InlineData(Id, "not a number", Signature)]
    [InlineData(Id, Timestamp, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData(Id, Timestamp, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=")]
    [InlineData(Id, Timestamp, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    public void Anything_that_was_changed_is_a_forgery(string? id, string? timestamp, string? signature) =>
        Assert.NotNull(StandardWebhook.FaultOf(Secret, id, timestamp, signature, Body, Then));

    [Fact]
    public void A_body_with_one_byte_more_is_a_forgery() =>
        Assert.NotNull(StandardWebhook.FaultOf(Secret, Id, Timestamp, Signature, [.. Body, (byte)'\n'], Then));

    [Fact]
    public void Another_secret_does_not_verify() =>
        Assert.NotNull(StandardWebhook.FaultOf("whsec_" + Convert.ToBase64String(new byte[24]), Id, Timestamp, Signature, Body, Then));
}
