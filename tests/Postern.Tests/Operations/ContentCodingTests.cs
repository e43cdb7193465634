using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Postern.Operations;

namespace Postern.Tests.Operations;

public sealed class ContentCodingTests
{
    private static readonly byte[] Plain = [.. Enumerable.Range(0, 20_000).Select(static index => (byte)(index * index / 7))];

    [Theory]
    [InlineData("gzip")]
    [InlineData("X-GZIP")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    public void What_was_coded_comes_back(string coding) =>
        Assert.Equal(Plain, ContentCoding.Of(Request(coding)).Decode(Code(coding, Plain), 1_000_000, TooLarge));

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public void It_is_bounded_by_its_size_and_by_how_much_it_grows(string coding)
    {
        var (body, bomb) = (Code(coding, Plain), Code(coding, new byte[50_000_000]));

        Assert.Equal("mine", Assert.Throws<ProblemException>(() => ContentCoding.Of(Request(coding)).Decode(body, Plain.Length - 1, TooLarge)).Problem.Detail);
        var grown = Assert.Throws<ProblemException>(() => ContentCoding.Of(Request(coding)).Decode(bomb, 64_000_000, TooLarge)).Problem;
        Assert.Equal(413, grown.Status);
        Assert.Contains("100 times", grown.Detail!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public void A_body_that_is_something_else_or_breaks_off_is_malformed(string coding)
    {
        var body = Code(coding, Plain);
        Assert.Equal(400, Refusal(Plain));
        Assert.Equal(400, Refusal(body[..(body.Length / 2)]));
        Assert.Equal(400, Refusal(body[..^3]));

        int Refusal(byte[] bytes) => Assert.Throws<ProblemException>(() => ContentCoding.Of(Request(coding)).Decode(bytes, 1_000_000, TooLarge)).Problem.Status;
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip", "br")]
    public void Other_codings_and_several_of_them_are_a_415_that_says_what_is_taken(params string[] fields)
    {
        var context = Request(fields);

        Assert.Equal(415, Assert.Throws<ProblemException>(() => ContentCoding.Of(context)).Problem.Status);
        Assert.Equal("gzip, br, deflate", context.Response.Headers.AcceptEncoding.ToString());
    }

    private static DefaultHttpContext Request(params string[] fields)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.ContentEncoding = fields;
        return context;
    }

    private static ProblemException TooLarge() => Problems.TooLarge("mine");

    private static byte[] Code(string coding, byte[] plain)
    {
        using var coded = new MemoryStream();
        using (var to = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(coded, CompressionLevel.Optimal),
            "deflate" => new ZLibStream(coded, CompressionLevel.Optimal),
            "br" => new BrotliStream(coded, CompressionLevel.Fastest),
            _ => (Stream)coded,
        })
        {
            to.Write(plain);
        }

        return coded.ToArray();
    }
}
