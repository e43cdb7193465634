using System.Globalization;
using System.Text;
using Postern.Configuration;
using Postern.Configuration.Values;
using Postern.Monitoring;

namespace Postern.Server.Commands;

/// <summary>What a configuration would run, in a few lines. Never a secret.</summary>
internal static class ConfigurationSummary
{
    private const string ByConvention = "created, updated, deleted by convention";

    public static string Write(LoadedConfiguration loaded, DateTimeOffset now)
    {
        var configuration = loaded.Configuration;
        var text = new StringBuilder();
        Line(text, "", $"{loaded.Source.Path ?? "command line"}: no errors");
        Line(text, "gateway", configuration.Gateway.Listen);
        Certificates(text, configuration.Gateway.Certificate, configuration.Gateway.ClientCertificates, now);
        Line(text, "admin", $"{configuration.Admin.Listen} ({(configuration.Admin.Token is null ? "no token" : "token")})");
        Certificates(text, configuration.Admin.Certificate, configuration.Admin.ClientCertificates, now);
        Line(text, "store", Mask.Password(configuration.Store));
        Line(text, "hub", string.Join(", ", configuration.Hub.Url.Select(Mask.Password)));
        Line(text, "roles", string.Join(", ", configuration.Roles));
        if (configuration.Does(Role.Dashboard))
        {
            Line(text, "  dashboard", "this version has no page yet, the admin API and metrics are there");
        }

        Line(text, "egress", string.Join(", ", configuration.Egress.Allow.Prepend("public addresses")));
        if (configuration.Egress.Listener is { } listener)
        {
            Line(text, "egress listener", listener.Listen);
            Certificates(text, [listener.Certificate], listener.Clients, now);
        }

        if (configuration.Egress.Gateway is { } gateway)
        {
            Line(text, "egress gateway", string.Join(", ", gateway.Addresses));
            Certificate(text, "  certificate", gateway.Certificate.Validity!, now);
            foreach (var authority in gateway.Authorities!.Certificates)
            {
                Certificate(text, "  gateways of", CertificateValidity.Of(authority), now);
            }
        }

        foreach (var (name, api) in configuration.Apis)
        {
            Line(text, $"api {name}", $"{api.Path} -> {string.Join(", ", api.Upstream)}");
            foreach (var (path, resource) in api.Resources ?? new Dictionary<string, ResourceConfiguration>())
            {
                Line(text, $"  {path}", resource.Events is { } events ? string.Join(", ", events.Select(Describe)) : ByConvention);
            }

            if (api.Resources is null)
            {
                Line(text, "  every resource", ByConvention);
            }
        }

        Line(text, "consumers", configuration.Consumers.Count == 0 ? "none: callers are anonymous" : string.Join(", ", configuration.Consumers.Keys));
        return text.ToString();
    }

    private static void Certificates(
        StringBuilder text, IReadOnlyList<CertificateConfiguration> shown, ClientCertificatesConfiguration clients, DateTimeOffset now)
    {
        foreach (var certificate in shown)
        {
            Certificate(text, "  certificate", certificate.Validity!, now);
        }

        if (clients.Mode != ClientCertificateMode.None)
        {
            Line(text, "  clients", $"{(clients.Mode == ClientCertificateMode.Required ? "must" : "may")} show a certificate; revocation is not looked up");
            foreach (var authority in clients.Authorities)
            {
                Certificate(text, "  clients of", CertificateValidity.Of(authority), now);
            }
        }
    }

    // Not an error: clients may be told to take it, and a gateway that does not start serves nobody.
    private static void Certificate(StringBuilder text, string label, CertificateValidity valid, DateTimeOffset now)
    {
        var warning = CertificateExpiry.FindFault(valid, now) is { } fault ? " - WARNING: " + fault : "";
        Line(text, label, string.Create(CultureInfo.InvariantCulture, $"{valid.Subject}, valid {valid.From:yyyy-MM-dd} to {valid.Until:yyyy-MM-dd}{warning}"));
    }

    private static string Describe(KeyValuePair<string, IReadOnlyList<string>> type) => $"{type.Key} ({string.Join(", ", type.Value)})";

    private static void Line(StringBuilder text, string label, string value) =>
        text.Append(label.Length == 0 ? value : string.Create(CultureInfo.InvariantCulture, $"  {label,-18} {value}")).Append('\n');
}
