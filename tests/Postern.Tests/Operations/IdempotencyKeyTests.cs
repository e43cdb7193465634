using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Postern.Operations;
using Postern.Operations.Idempotency;

namespace Postern.Tests.Operations;

public sealed class IdempotencyKeyTests
{
    [Theory]
    [InlineData("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData(" \"a b\" ", "a b")]
    [InlineData("\"say \\\"a\\\\b\\\"\"", "say \"a\\b\"")]
    [InlineData("order:42/x+y==", "order:42/x+y==")]
    public void A_key_is_taken_quoted_or_bare(string header, string key) => Assert.Equal(key, IdempotencyKey.Read(header));

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("\"open")]
    [InlineData("\"a\" x")]
    [InlineData("\"a\";q=1")]
    [InlineData("\"a\\x\"")]
    [InlineData("\"a\\")]
    [InlineData("\"tab\there\"")]
    [InlineData("\"ä\"")]
    [InlineData("ä")]
    [InlineData("a b")]
    [InlineData("a,b")]
    public void What_is_no_key_is_a_400(string header) => AssertRefused(header);

    [Fact]
    public void A_key_has_255_characters_at_most()
    {
        Assert.Equal(255, IdempotencyKey.Read(new string('k', 255))!.Length);
        Assert.Equal(255, IdempotencyKey.Read($"\"{new string('k', 255)}\"")!.Length);
        AssertRefused(new string('k', 256));
        AssertRefused(new StringValues(["a", "a"]));
    }

    [Fact]
    public void A_call_without_the_header_has_no_key() => Assert.Null(IdempotencyKey.Read(StringValues.Empty));

    [Fact]
    public void A_fingerprint_holds_everything_that_makes_the_call_and_nothing_else()
    {
        var same = Fingerprint(_ => { });
        Assert.Equal(same, Fingerprint(request => request.Headers["traceparent"] = "00-ab-cd-01"));
        Assert.Equal(same, Fingerprint(request => request.Headers.UserAgent = "other"));
        byte[][] others =
        [
            same,
            Fingerprint(request => request.Method = "PUT"),
            Fingerprint(request => request.Path = "/event"),
            Fingerprint(request => request.QueryString = new QueryString("?a=1")),
            Fingerprint(request => request.ContentType = "text/html"),
            Fingerprint(request => request.Headers["ce-id"] = "2"),
            Fingerprint(request => request.Headers["ce-subject"] = "1"),
            Fingerprint(_ => { }, consumer: "globex"),
            Fingerprint(_ => { }, body: "b"),
        ];
        Assert.Equal(others.Length, others.Select(Convert.ToHexString).Distinct().Count());
    }

    private static byte[] Fingerprint(Action<HttpRequest> change, string consumer = "acme", string body = "a")
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Path, request.ContentType) = ("POST", "/events", "text/plain");
        request.Headers["CE-Id"] = "1";
        change(request);
        return CallFingerprint.Of(request, consumer, System.Text.Encoding.UTF8.GetBytes(body));
    }

    private static void AssertRefused(StringValues header) =>
        Assert.Equal(400, Assert.Throws<ProblemException>(() => IdempotencyKey.Read(header)).Problem.Status);
}
