using System.Globalization;

namespace Postern.EndToEnd.Harness;

/// <summary>HAProxy before several nodes: it asks each admin port for <c>/readyz</c>, keeps connections to the nodes open, and sends nothing a second time.</summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly ChildProcess process;

    private LoadBalancer(IEnumerable<GatewaySetup> nodes)
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}";
        var servers = nodes.Select(static (node, number) => string.Create(
            CultureInfo.InvariantCulture, $"  server node-{number} {new Uri(node.Gateway).Authority} check port {new Uri(node.Admin).Port}"));
        var file = scratch.File("haproxy.cfg");
        File.WriteAllText(
            file,
            $"""
            defaults
              mode http
              retries 0
              timeout connect 5s
              timeout check 5s
              timeout client 60s
              timeout server 60s
            frontend callers
              bind {new Uri(Url).Authority}
              default_backend nodes
            backend nodes
              balance roundrobin
              http-reuse always
              option httpchk
              http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host localhost
              http-check expect status 200
              default-server inter 1s fall 1 rise 1
            {string.Join('\n', servers)}

            """);
        process = ChildProcess.Start("haproxy", ["-db", "-f", file]);
    }

    public string Url { get; }

    public string Log => process.Log;

    /// <summary>Returns when it passes calls on.</summary>
    public static async Task<LoadBalancer> StartAsync(IEnumerable<GatewaySetup> nodes)
    {
        var balancer = new LoadBalancer(nodes);
        using var client = new HttpClient();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri(balancer.Url + "/customers"));
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            () => $"the balancer passes calls on; it printed:\n{balancer.Log}");
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        scratch.Dispose();
    }
}
