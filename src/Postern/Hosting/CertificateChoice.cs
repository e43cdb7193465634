using Postern.Configuration;

namespace Postern.Hosting;

/// <summary>Which of a port's certificates a client is shown, by the name that it asks for (SNI, RFC 6066 §3).</summary>
internal static class CertificateChoice
{
    /// <summary>The first that has the name; else the first with a wildcard for it (RFC 6125 §6.4.3: one label, the leftmost); else the first of all.</summary>
    public static CertificateConfiguration Find(IReadOnlyList<CertificateConfiguration> certificates, string? serverName)
    {
        if (certificates.Count == 1 || string.IsNullOrEmpty(serverName))
        {
            return certificates[0];
        }

        var name = serverName.TrimEnd('.');
        var wildcard = name.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? "*" + name[dot..] : null;
        return FirstWith(certificates, name) ?? (wildcard is null ? null : FirstWith(certificates, wildcard)) ?? certificates[0];
    }

    private static CertificateConfiguration? FirstWith(IReadOnlyList<CertificateConfiguration> certificates, string name)
    {
        foreach (var certificate in certificates)
        {
            if (certificate.Hosts.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return certificate;
            }
        }

        return null;
    }
}
