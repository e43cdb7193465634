using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Postern.Operations;

/// <summary>The content coding of a request's body (RFC 9110 §8.4), for calls that read the body themselves.</summary>
internal sealed class ContentCoding
{
    /// <summary>Bodies shrink to a hundredth at most; what grows more was made to hurt.</summary>
    public const int MaxRatio = 100;

    // A few repeated words may shrink further, and cost nothing.
    private const int AlwaysFine = 64 * 1024;

    private static readonly Dictionary<string, ContentCoding> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gzip"] = new(static coded => new GZipStream(coded, CompressionMode.Decompress)),
        ["x-gzip"] = new(static coded => new GZipStream(coded, CompressionMode.Decompress)),
        ["deflate"] = new(static coded => new ZLibStream(coded, CompressionMode.Decompress)),
        ["br"] = new(static coded => new BrotliStream(coded, CompressionMode.Decompress)),
        ["identity"] = new(null),
    };

    private readonly Func<Stream, Stream>? open;

    private ContentCoding(Func<Stream, Stream>? open) => this.open = open;

    /// <summary>The coding of this request's body; asked before the body is read.</summary>
    /// <exception cref="ProblemException">415: it is none of ours, or there are several.</exception>
    public static ContentCoding Of(HttpContext context)
    {
        var fields = context.Request.Headers.ContentEncoding;
        if (fields.Count == 0)
        {
            return Known["identity"];
        }

        if (Known.TryGetValue(fields.ToString().Trim(), out var coding))
        {
            return coding;
        }

        // RFC 9110 §15.5.16: what would have been taken.
        context.Response.Headers.AcceptEncoding = "gzip, br, deflate";
        throw Problems.UnsupportedMediaType("The Content-Encoding is none that this call takes: send the body with one of gzip, br and deflate, or as it is.");
    }

    /// <summary>The bytes as they were before they were coded.</summary>
    /// <param name="coded">The body as it came.</param>
    /// <param name="most">How many bytes it may have; the caller's own message for more.</param>
    /// <exception cref="ProblemException">It is larger than that, grows too much, or is not what its coding says.</exception>
    public byte[] Decode(byte[] coded, long most, Func<ProblemException> tooLarge)
    {
        if (open is null || coded.Length == 0)
        {
            return coded;
        }

        var allowed = Math.Min(most, Math.Max(AlwaysFine, (long)MaxRatio * coded.Length));
        using var decoded = new MemoryStream();
        try
        {
            using var source = open(new MemoryStream(coded));
            var buffer = new byte[16 * 1024];
            while (source.Read(buffer) is var read and > 0)
            {
                decoded.Write(buffer, 0, read);
                if (decoded.Length > allowed)
                {
                    throw allowed == most ? tooLarge() : Problems.TooLarge($"The body grows to more than {MaxRatio} times its size when it is decoded: send it as it is.");
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            throw Problems.Malformed("The body is not what its Content-Encoding says, or breaks off.");
        }

        return decoded.ToArray();
    }
}
