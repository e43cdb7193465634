using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Postern.Configuration.Reading;

/// <summary>Reads the files with the authorities that client certificates may come from.</summary>
internal static class AuthorityFiles
{
    /// <summary>The same with what was read; without it when something is wrong (reported).</summary>
    public static ClientCertificatesConfiguration Load(ClientCertificatesConfiguration certificates, string path, Reader reader)
    {
        var authorities = new X509Certificate2Collection();
        var at = KeyPath.Key(path, "ca");
        foreach (var file in certificates.Ca)
        {
            try
            {
                var before = authorities.Count;
                // Latin-1 reads what is no PEM as well, and finds nothing in it.
                authorities.ImportFromPem(Encoding.Latin1.GetString(reader.ReadFile(file)));
                if (authorities.Count == before)
                {
                    reader.Report(at, $"'{file}' holds no certificate in PEM: it starts with -----BEGIN CERTIFICATE-----.");
                }
            }
            catch (CryptographicException exception)
            {
                reader.Report(at, $"'{file}' holds a certificate that cannot be read ({exception.Message.TrimEnd('.')}).");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                reader.Report(at, $"'{file}' cannot be read ({exception.Message.TrimEnd('.')}): a path is relative to the configuration file.");
            }
        }

        if (!reader.HasErrorBelow(at) && authorities.FirstOrDefault(static certificate => !IsAuthority(certificate)) is { } holder)
        {
            reader.Report(at, $"'{holder.Subject}' is no authority: name the certificate of the one that issued it.");
        }
        else if (!reader.HasErrorBelow(at) && authorities.Count > 0 && !authorities.Any(IsRoot))
        {
            reader.Report(at, "holds no root: add the certificate that is issued by itself, where every chain ends.");
        }

        return certificates with { Authorities = authorities };
    }

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static constraints => constraints.CertificateAuthority);

    private static bool IsRoot(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
