using System.CommandLine;
using System.Net.Security;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Server.Commands;

/// <summary><c>postern health</c>: what <c>/readyz</c> of a running node says, as an exit code, for supervisors that can only run a program.</summary>
internal static class HealthCommand
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var admin = UrlOption.Admin();
        var command = new Command("health", "Asks a running Postern whether it is ready: exit code 0 when it is, 1 with the reasons when it is not.") { admin };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var (isReady, what) = await AskAsync(parsed.GetValue(admin) ?? UrlOption.DefaultAdmin, cancellation);
            await output.WriteLineAsync(what);
            return isReady ? CommandLine.Done : CommandLine.Fault;
        });
        return command;
    }

    private static async Task<(bool IsReady, string What)> AskAsync(Uri admin, CancellationToken cancellation)
    {
        // It dials the port that the operator names and nothing else, so the egress dialler has no say in it.
        // A supervisor asks by the loopback address, which no certificate names and nobody else can have.
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, faults) => faults == SslPolicyErrors.None || admin.IsLoopback },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(admin, "/readyz"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var response = await client.SendAsync(request, limit.Token);
            return (response.IsSuccessStatusCode, Describe(await response.Content.ReadAsStringAsync(limit.Token)));
        }
        catch (HttpRequestException exception)
        {
            return (false, $"{admin} does not answer: {(exception.InnerException ?? exception).Message}.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (false, $"{admin} did not answer within {Patience.TotalSeconds} seconds.");
        }
    }

    /// <summary>The status and the reasons of a <c>ReadinessReport</c>, or what came in its place.</summary>
    private static string Describe(string answer)
    {
        try
        {
            var report = JsonNode.Parse(answer);
            var reasons = report?["reasons"]?.AsObject().Select(reason => $"{reason.Key}: {reason.Value}") ?? [];
            return string.Join('\n', reasons.Prepend((string?)report?["status"] ?? (string?)report?["detail"] ?? answer));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return $"What answers is not the admin port of a Postern: {answer}";
        }
    }
}
