using System.Net.Http.Headers;
using Postern.Model;
using Postern.Operations;

namespace Postern.Gateway.Identity;

/// <summary>Tells an API who calls.</summary>
internal static class IdentityHeaders
{
    public static void Add(HttpRequestHeaders headers, GatewayCall call)
    {
        if (call.Consumer is not { } consumer || consumer == Consumer.Anonymous)
        {
            return;
        }

        var identity = call.Configuration.Identity;
        headers.Add(identity.Header, Uri.EscapeDataString(consumer.Name));
        if (identity.CredentialHeader is { } credential && call.Credential is { } shown)
        {
            headers.Add(credential, Uri.EscapeDataString(shown.Id));
        }

        if (identity.ScopesHeader is { } scopes)
        {
            headers.Add(scopes, string.Join(' ', call.Scopes.All.Select(static scope => InAscii(scope.ToString()))));
        }
    }

    private static string InAscii(string scope) => System.Text.Ascii.IsValid(scope) ? scope : Uri.EscapeDataString(scope);
}
