using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>Client certificates need TLS and authorities; the credentials that name them need both.</summary>
internal static class ClientCertificateRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        Check("gateway", configuration.Gateway.Listen, configuration.Gateway.ClientCertificates, reader);
        Check("admin", configuration.Admin.Listen, configuration.Admin.ClientCertificates, reader);
        foreach (var (name, consumer) in configuration.Consumers)
        {
            var path = KeyPath.Key(KeyPath.Key("consumers", name), "credentials");
            foreach (var mtls in consumer.Credentials.OfType<CredentialConfiguration.Mtls>())
            {
                if (mtls.Thumbprint is null == mtls.SubjectAlternativeName is null)
                {
                    reader.Report(path, "of type mtls name one certificate or one name: give thumbprint or subjectAlternativeName.");
                }

                if (configuration.Gateway.ClientCertificates.Mode == ClientCertificateMode.None)
                {
                    reader.Report(path, "of type mtls are never shown: set gateway.clientCertificates, such as { mode: optional, ca: clients.pem }.");
                }
            }
        }
    }

    private static void Check(string port, string listen, ClientCertificatesConfiguration certificates, Reader reader)
    {
        var at = KeyPath.Key(port, "clientCertificates");
        if (reader.HasErrorBelow(at) || reader.HasErrorBelow(KeyPath.Key(port, "listen")))
        {
            return;
        }

        if (certificates.Mode == ClientCertificateMode.None)
        {
            if (certificates.Ca.Count > 0)
            {
                reader.Report(KeyPath.Key(at, "mode"), "is none, so that ca is not used: set it to optional or required, or remove ca.");
            }
        }
        else if (certificates.Ca.Count == 0)
        {
            reader.Report(KeyPath.Key(at, "ca"), "is missing: name the file with the authority that client certificates come from, or every caller could make its own.");
        }
        else if (!Addresses.IsHttps(listen))
        {
            reader.Report(at, $"are never shown, because '{listen}' speaks no TLS: write https:// at {KeyPath.Key(port, "listen")}, or remove them.");
        }
    }
}
