using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Configuration;

/// <summary>Which of the configured certificates end soon: pure, for `check`, the log, the metric and /readyz alike.</summary>
internal static class CertificateExpiry
{
    /// <summary>How long ahead it is told: time enough to get and to install another one.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(14);

    /// <summary>Every certificate that a port or this node shows, and every authority that those of the others come from, with the key that names it.</summary>
    public static IEnumerable<(string Path, CertificateValidity Validity)> All(PosternConfiguration configuration) =>
        Shown("gateway.certificate", configuration.Gateway.Certificate)
            .Concat(Authorities("gateway.clientCertificates.ca", configuration.Gateway.ClientCertificates.Authorities))
            .Concat(Shown("admin.certificate", configuration.Admin.Certificate))
            .Concat(Authorities("admin.clientCertificates.ca", configuration.Admin.ClientCertificates.Authorities))
            .Concat(configuration.Egress.Listener is { } listener
                ? Shown("egress.listener.certificate", [listener.Certificate]).Concat(Authorities("egress.listener.ca", listener.Clients.Authorities))
                : [])
            .Concat(configuration.Egress.Gateway is { } gateway
                ? Shown("egress.gateway.certificate", [gateway.Certificate]).Concat(Authorities("egress.gateway.ca", gateway.Authorities?.Certificates ?? []))
                : []);

    /// <summary>What is wrong with the time of a certificate, or soon will be; null: nothing.</summary>
    public static string? FindFault(CertificateValidity validity, DateTimeOffset now) =>
        now > validity.Until ? "it has expired"
        : now < validity.From ? "it is not valid yet"
        : validity.Until - now < Ahead ? string.Create(CultureInfo.InvariantCulture, $"it expires in {Left(validity.Until - now)}: replace its file")
        : null;

    private static string Left(TimeSpan left) => left.TotalDays >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalDays} days")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Ceiling(left.TotalHours)} h");

    private static IEnumerable<(string, CertificateValidity)> Shown(string path, IReadOnlyList<CertificateConfiguration> certificates) =>
        certificates.Select(static certificate => certificate.Validity).OfType<CertificateValidity>().Select(validity => (path, validity));

    private static IEnumerable<(string, CertificateValidity)> Authorities(string path, X509Certificate2Collection authorities) =>
        authorities.Cast<X509Certificate2>().Select(authority => (path, CertificateValidity.Of(authority)));
}
