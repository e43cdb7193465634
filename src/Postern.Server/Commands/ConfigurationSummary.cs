using System.Globalization;
using System.Text;
using Postern.Configuration;
using Postern.Configuration.Values;

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
        Certificate(text, configuration.Gateway.Certificate, now);
        Line(text, "admin", $"{configuration.Admin.Listen} ({(configuration.Admin.Token is null ? "no token" : "token")})");
        Certificate(text, configuration.Admin.Certificate, now);
        Line(text, "store", configuration.Store);
        Line(text, "hub", configuration.Hub);
        if (configuration.Roles.Contains(Platform.Dashboard))
        {
            Line(text, "roles", "dashboard: this version has no page yet, the admin API and metrics are there");
        }

        Line(text, "egress", string.Join(", ", configuration.Egress.Allow.Prepend("public addresses")));
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

    // Not an error: clients may be told to take it, and a gateway that does not start serves nobody.
    private static void Certificate(StringBuilder text, CertificateConfiguration? certificate, DateTimeOffset now)
    {
        if (certificate?.Validity is not { } valid)
        {
            return;
        }

        var warning = now > valid.Until ? " - WARNING: it has expired" : now < valid.From ? " - WARNING: it is not valid yet" : "";
        Line(text, "  certificate", string.Create(CultureInfo.InvariantCulture, $"{valid.Subject}, valid {valid.From:yyyy-MM-dd} to {valid.Until:yyyy-MM-dd}{warning}"));
    }

    private static string Describe(KeyValuePair<string, IReadOnlyList<string>> type) => $"{type.Key} ({string.Join(", ", type.Value)})";

    private static void Line(StringBuilder text, string label, string value) =>
        text.Append(label.Length == 0 ? value : string.Create(CultureInfo.InvariantCulture, $"  {label,-18} {value}")).Append('\n');
}
