using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Postern.Configuration.Values;

namespace Postern.Configuration.Reading;

/// <summary>Reads the certificate of a port with its key and its chain, and says what is wrong with which file.</summary>
/// <remarks>Whether it is still valid is not asked: a gateway with an expired certificate is better than none, and `check` tells it.</remarks>
internal static class CertificateFiles
{
    private const string EncryptedKey = "ENCRYPTED PRIVATE KEY";
    private static readonly string[] PlainKeys = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];

    /// <summary>The same with what was read; without it when something is wrong (reported).</summary>
    public static CertificateConfiguration Load(CertificateConfiguration certificate, string path, Reader reader)
    {
        var read = Path.GetExtension(certificate.Path).ToUpperInvariant() is ".PFX" or ".P12"
            ? ReadPkcs12(certificate, path, reader)
            : ReadPem(certificate, path, reader);
        return read is not { } found
            ? certificate
            // Offline: nothing is fetched for a handshake, neither a missing certificate of the chain nor its revocation.
            : certificate with
            {
                Loaded = SslStreamCertificateContext.Create(found.Own, found.Chain, offline: true),
                Hosts = certificate.Names.Count > 0 ? certificate.Names : CertificateNames.HostsOf(found.Own),
            };
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Chain)? ReadPkcs12(CertificateConfiguration certificate, string path, Reader reader)
    {
        if (certificate.Key is not null)
        {
            reader.Report(KeyPath.Key(path, "key"), $"is not used, because '{certificate.Path}' holds its key itself: remove it.");
            return null;
        }

        var at = KeyPath.Key(path, "path");
        if (Read(certificate.Path, at, reader) is not { } bytes)
        {
            return null;
        }

        try
        {
            var chain = X509CertificateLoader.LoadPkcs12Collection(bytes, certificate.Password);
            if (chain.FirstOrDefault(entry => entry.HasPrivateKey) is { } own)
            {
                return (own, chain);
            }

            reader.Report(at, $"'{certificate.Path}' holds no certificate with its private key: export both.");
        }
        catch (CryptographicException)
        {
            reader.Report(at, $"'{certificate.Path}' is not PKCS #12, or {KeyPath.Key(path, "password")} is not its password.");
        }

        return null;
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Chain)? ReadPem(CertificateConfiguration certificate, string path, Reader reader)
    {
        var (atPath, atKey) = (KeyPath.Key(path, "path"), KeyPath.Key(path, certificate.Key is null ? "path" : "key"));
        var text = ReadText(certificate.Path, atPath, reader);
        var key = certificate.Key is null ? text : ReadText(certificate.Key, atKey, reader);
        if (text is null || key is null || ReadChain(text, certificate.Path, atPath, reader) is not { } chain)
        {
            return null;
        }

        var (file, labels) = (certificate.Key ?? certificate.Path, Labels(key));
        var encrypted = labels.Contains(EncryptedKey) && !labels.Overlaps(PlainKeys);
        if (!encrypted && !labels.Overlaps(PlainKeys))
        {
            var where = certificate.Key is null ? $"; name the file that holds it at {KeyPath.Key(path, "key")}" : "";
            reader.Report(atKey, $"'{file}' holds no private key in PEM: it starts with -----BEGIN PRIVATE KEY-----{where}.");
            return null;
        }

        if (encrypted && certificate.Password is null)
        {
            reader.Report(atKey, $"'{file}' holds an encrypted key: set {KeyPath.Key(path, "password")}, such as $env:NAME.");
            return null;
        }

        try
        {
            var own = encrypted ? X509Certificate2.CreateFromEncryptedPem(text, key, certificate.Password) : X509Certificate2.CreateFromPem(text, key);
            return (ForTls(own), chain);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            reader.Report(
                atKey,
                $"the key in '{file}' does not match the first certificate in '{certificate.Path}'{(encrypted ? ", or the password is wrong" : "")}: "
                + "give the key that the certificate was issued for, and put the port's own certificate first.");
            return null;
        }
    }

    private static X509Certificate2Collection? ReadChain(string text, string file, string at, Reader reader)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(text);
            if (chain.Count > 0)
            {
                return chain;
            }

            reader.Report(at, $"'{file}' holds no certificate in PEM: it starts with -----BEGIN CERTIFICATE-----. PKCS #12 is known by .pfx or .p12.");
        }
        catch (CryptographicException exception)
        {
            reader.Report(at, $"'{file}' holds a certificate that cannot be read ({exception.Message.TrimEnd('.')}).");
        }

        return null;
    }

    // Schannel takes no key that exists in memory only.
    private static X509Certificate2 ForTls(X509Certificate2 certificate) => OperatingSystem.IsWindows()
        ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null)
        : certificate;

    private static HashSet<string> Labels(string text)
    {
        var labels = new HashSet<string>(StringComparer.Ordinal);
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            labels.Add(rest[fields.Label].ToString());
            rest = rest[fields.Location.End..];
        }

        return labels;
    }

    // PEM is ASCII: Latin-1 reads what is none as well, so that it can be told apart below.
    public static string? ReadText(string file, string at, Reader reader) => Read(file, at, reader) is { } bytes ? Encoding.Latin1.GetString(bytes) : null;

    private static byte[]? Read(string file, string at, Reader reader)
    {
        try
        {
            return reader.ReadFile(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            reader.Report(at, $"'{file}' cannot be read ({exception.Message.TrimEnd('.')}): a path is relative to the configuration file.");
            return null;
        }
    }
}
