using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>A certificate and https go together.</summary>
internal static class CertificateRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        Check("gateway", configuration.Gateway.Listen, configuration.Gateway.Certificate, reader);
        Check("admin", configuration.Admin.Listen, configuration.Admin.Certificate, reader);
    }

    private static void Check(string port, string address, IReadOnlyList<CertificateConfiguration> certificates, Reader reader)
    {
        var (listen, at) = (KeyPath.Key(port, "listen"), KeyPath.Key(port, "certificate"));
        if (reader.HasErrorBelow(listen) || reader.HasErrorBelow(at))
        {
            return;
        }

        if (Addresses.IsHttps(address) && certificates.Count == 0)
        {
            reader.Report(listen, $"'{address}' needs a certificate: set {at}, such as {{ path: cert.pem, key: key.pem }}, or listen on http.");
        }
        else if (!Addresses.IsHttps(address) && certificates.Count > 0)
        {
            reader.Report(at, $"is not used, because '{address}' speaks no TLS: write https:// at {listen}, or remove the certificate.");
        }
    }
}
