namespace Postern.Gateway.Capture;

/// <summary>The request's body on its way upstream; keeps a copy of it up to a limit.</summary>
internal sealed class RequestTee(Stream body, string? contentType, string? contentEncoding, long? announced, long limit) : BodyStream
{
    private readonly MemoryStream copy = new();
    private readonly Lock gate = new();
    private string? omitted = IsEncoded(contentEncoding) ? OmittedReason.Encoding : announced > limit ? OmittedReason.Size : null;
    private bool ended;

    /// <summary>What has passed. The API may answer before it has read all: then the copy is not complete.</summary>
    public CapturedBody Copied
    {
        get
        {
            lock (gate)
            {
                var whole = ended || copy.Length == announced;
                return new CapturedBody(
                    omitted is null && whole ? copy.ToArray() : default, contentType, omitted ?? (whole ? null : OmittedReason.Incomplete));
            }
        }
    }

    public static bool IsEncoded(string? contentEncoding) =>
        !string.IsNullOrEmpty(contentEncoding) && !contentEncoding.Equals("identity", StringComparison.OrdinalIgnoreCase);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        lock (gate)
        {
            ended |= read == 0;
            if (omitted is null && copy.Length + read > limit)
            {
                omitted = OmittedReason.Size;
                copy.SetLength(0);
                copy.Capacity = 0;
            }

            if (omitted is null)
            {
                copy.Write(buffer.Span[..read]);
            }
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            copy.Dispose();
        }

        base.Dispose(disposing);
    }
}
