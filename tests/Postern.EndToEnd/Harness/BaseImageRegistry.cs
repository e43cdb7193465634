using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Postern.EndToEnd.Harness;

/// <summary>
/// A registry with one image and nothing in it (OCI distribution specification, pulling): what the SDK builds on where the real base image is out
/// of reach. The container that comes of it cannot run; what the SDK has put into it can be looked at.
/// </summary>
internal sealed class BaseImageRegistry : IAsyncDisposable
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    private readonly WebApplication application;
    private readonly Dictionary<string, byte[]> blobs = new(StringComparer.Ordinal);

    private BaseImageRegistry(WebApplication application, string address) => (this.application, Address) = (application, address);

    /// <summary>Host and port.</summary>
    public string Address { get; }

    public string Image => $"{Address}/base:1";

    public static async Task<BaseImageRegistry> StartAsync()
    {
        var address = $"127.0.0.1:{FreePort.Next()}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://{address}");
        var registry = new BaseImageRegistry(builder.Build(), address);
        var manifest = registry.MakeImage();
        registry.application.Run(context => registry.AnswerAsync(context, manifest));
        await registry.application.StartAsync();
        return registry;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private byte[] MakeImage()
    {
        // Two empty blocks are a whole tar archive.
        var layer = new byte[1024];
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(layer);
        }

        var configuration = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture is System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64",
            os = "linux",
            config = new { Env = new[] { "PATH=/usr/bin" }, User = "0" },
            rootfs = new { type = "layers", diff_ids = new[] { DigestOf(layer) } },
            history = new[] { new { created_by = "the test" } },
        });
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = Describe("application/vnd.docker.container.image.v1+json", configuration),
            layers = new[] { Describe("application/vnd.docker.image.rootfs.diff.tar.gzip", zipped.ToArray()) },
        });
    }

    private object Describe(string mediaType, byte[] blob)
    {
        var digest = DigestOf(blob);
        blobs[digest] = blob;
        return new { mediaType, size = blob.Length, digest };
    }

    private async Task AnswerAsync(HttpContext context, byte[] manifest)
    {
        var path = context.Request.Path.Value!;
        var isManifest = path.Contains("/manifests/", StringComparison.Ordinal);
        var body = isManifest ? manifest : path == "/v2/" ? Encoding.UTF8.GetBytes("{}") : blobs.GetValueOrDefault(path[(path.LastIndexOf('/') + 1)..]);
        if (body is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = isManifest ? ManifestType : "application/octet-stream";
        context.Response.ContentLength = body.Length;
        context.Response.Headers["Docker-Content-Digest"] = DigestOf(body);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body);
        }
    }

    private static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
