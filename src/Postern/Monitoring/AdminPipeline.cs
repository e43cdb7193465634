using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Model;
using Postern.Operations;
using Postern.Operations.ClientCertificates;
using Postern.Ports;

namespace Postern.Monitoring;

/// <summary>What a request of the admin port goes through: headers → errors → who may ask → dispatch.</summary>
internal sealed class AdminPipeline(
    AdminOperations operations, LiveConfiguration configuration, TimeProvider time, ILogger<AdminPipeline> log)
{
    public async Task Run(HttpContext context)
    {
        OwnAnswer.Protect(context.Response.Headers);
        TransportSecurity.Announce(context, configuration.Current.Admin.StrictTransportSecurity.Field);
        try
        {
            AdmitAddress(context.Connection);
            var found = AdminRoutes.Match(operations.All, context.Request.Path, context.Request.RouteValues);
            Admit(context.Request, found);
            var operation = Choose(context, found);
            if (operation.IsAudited)
            {
                CallOrigin.Current = new CallOrigin(CallOrigin.Operator, operation.Id, context.Connection.RemoteIpAddress?.ToString());
            }

            await operation.Handle(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody reads an answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await Answer(context, exception);
        }
    }

    private void AdmitAddress(ConnectionInfo connection)
    {
        if (!configuration.Current.Admin.Addresses.Admits(connection.RemoteIpAddress))
        {
            throw Problems.Forbidden("Calls from this address are not taken here (admin.addresses).");
        }
    }

    /// <summary>With a token or client certificates, they decide; without, only pages and programs of this machine may ask.</summary>
    private void Admit(HttpRequest request, IReadOnlyList<Operation> found)
    {
        var admin = configuration.Current.Admin;
        if (admin.Token is not null || admin.ClientCertificates.Mode != ClientCertificateMode.None)
        {
            var open = found.Count > 0 && found.All(operation => operation.Open);
            if (!open && !(admin.Token is { } token && AdminAccess.HasToken(request.Headers.Authorization, token)) && !HasCertificate(request, admin))
            {
                request.HttpContext.Response.Headers.WWWAuthenticate = "Bearer realm=\"postern admin\"";
                throw new ProblemException(Problems.Make(401, "unauthenticated", "Valid credentials are needed",
                    "Send the token of admin.token in the configuration (`Authorization: Bearer …`), or show a certificate of admin.clientCertificates."));
            }
        }
        else if (!AdminAccess.IsLoopback(request.Host.Host) || !AdminAccess.IsLoopbackOrigin(request.Headers.Origin))
        {
            throw Problems.Forbidden(
                "Without a token the admin port answers only to a loopback name (127.0.0.1, [::1], localhost) as Host and Origin. Set admin.token to use another name.");
        }
        else if (!AdminAccess.MayChange(request))
        {
            // A page of another program on this machine, or one that a browser was led to: it cannot send these without being asked.
            throw Problems.Forbidden(
                "Without a token, what changes something must come from no page at all or from one of this very port, and its body must be application/json.");
        }
    }

    // A browser shows the certificate of its user for whatever page asks: other pages' calls do not count as theirs.
    private bool HasCertificate(HttpRequest request, AdminConfiguration admin) =>
        request.HttpContext.Features.Get<ClientCertificate>()?.Holds(admin.ClientCertificates, time.GetUtcNow()) == true
        && AdminAccess.IsOwnOrigin(request.Headers.Origin, request.Host.Value);

    private static Operation Choose(HttpContext context, IReadOnlyList<Operation> found)
    {
        if (found.Count == 0)
        {
            throw Problems.NotFound("The admin port has no such path. Its calls are listed in /openapi.json.");
        }

        var method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        if (found.FirstOrDefault(operation => HttpMethods.Equals(operation.Method, method)) is { } chosen)
        {
            return chosen;
        }

        var allowed = string.Join(", ", found.Select(operation => operation.Method == "GET" ? "GET, HEAD" : operation.Method));
        context.Response.Headers.Allow = allowed;
        throw new ProblemException(Problems.Make(405, "method-not-allowed", "Method not allowed", $"This path takes {allowed}."));
    }

    private Task Answer(HttpContext context, Exception exception)
    {
        var problem = exception switch
        {
            ProblemException known => known,
            StoreUnavailableException => Problems.Unavailable("The store cannot answer now; /readyz says why. Try again."),
            BadHttpRequestException bad => Problems.Malformed(bad.Message),
            _ => null,
        };
        if (problem is null)
        {
            log.AdminCallFailed(exception, context.Request.Method, context.Request.Path);
            problem = new ProblemException(Problems.Make(500, "internal", "The gateway failed", "The fault is the gateway's. Its log has the details."));
        }

        return context.Response.WriteAsync(problem);
    }
}
