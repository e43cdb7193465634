using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Postern.Samples.Receiver;
using Postern.Tests;

namespace Postern.EndToEnd.Harness;

/// <summary>A receiver at an address of a network namespace: speaks TLS, and keeps who called and whether each callback was signed as it must be.</summary>
internal sealed class PublicReceiver : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentQueue<PublicCall> calls = new();

    private PublicReceiver(WebApplication application) => this.application = application;

    /// <summary>What callbacks must be signed with.</summary>
    public string Secret { get; set; } = "";

    public IReadOnlyCollection<PublicCall> Calls => calls;

    public static async Task<PublicReceiver> StartAsync(NetworkNamespace network, IPEndPoint place, TestCertificate certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .UseSockets(options => options.CreateBoundListenSocket = endpoint => network.Inside(() => SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint)))
            .ConfigureKestrel(kestrel => kestrel.Listen(place, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = X509CertificateLoader.LoadPkcs12(certificate.Pfx, TestCertificate.Password),
                ServerCertificateChain = X509CertificateLoader.LoadPkcs12Collection(certificate.Pfx, TestCertificate.Password),
            })));
        var receiver = new PublicReceiver(builder.Build());
        receiver.application.Run(receiver.ReceiveAsync);
        await receiver.application.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        var fault = StandardWebhook.FaultOf(
            Secret, headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], body.ToArray(), DateTimeOffset.UtcNow);
        calls.Enqueue(new PublicCall(headers["ce-id"].ToString(), context.Connection.RemoteIpAddress!, context.Request.IsHttps, fault is null));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}

internal sealed record PublicCall(string EventId, IPAddress Caller, bool Tls, bool Verified);
