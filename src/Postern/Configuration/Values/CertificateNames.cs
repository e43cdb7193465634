using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Postern.Configuration.Shapes;

namespace Postern.Configuration.Values;

/// <summary>What a certificate calls its holder: its subject alternative names (RFC 5280 §4.2.1.6), written as OpenSSL writes them.</summary>
internal static class CertificateNames
{
    private const string AlternativeNames = "2.5.29.17";
    private const int MaxNames = 100;

    public static Parsed<string> Thumbprint(string text)
    {
        var plain = text.Replace(":", "", StringComparison.Ordinal);
        return plain.Length == 64 && plain.All(char.IsAsciiHexDigit)
            ? plain.ToUpperInvariant()
            : Parsed.No<string>("is not a SHA-256 in 64 hexadecimal digits: 'openssl x509 -in cert.pem -noout -fingerprint -sha256' shows it.");
    }

    /// <summary>A name as it is compared; host names of any spelling are one.</summary>
    public static Parsed<string> Name(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, value) = colon > 0 ? (text[..colon], text[(colon + 1)..]) : ("", "");
        return (kind, value.Length) switch
        {
            ("DNS", > 0) => Dns(value),
            ("URI" or "email", > 0) => text,
            ("IP", > 0) when IPAddress.TryParse(value, out var address) => Ip(address),
            _ => Parsed.No<string>("is not a name of a certificate: write DNS:HOST, URI:ADDRESS, email:ADDRESS or IP:ADDRESS."),
        };
    }

    /// <summary>The names of a certificate; none where they cannot be read.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var names = new List<string>();
        try
        {
            foreach (var extension in certificate.Extensions.Where(static extension => extension.Oid?.Value == AlternativeNames))
            {
                Read(extension.RawData, names);
            }

            return names;
        }
        catch (AsnContentException)
        {
            return [];
        }
    }

    /// <summary>The host names of a certificate, with a wildcard perhaps.</summary>
    public static IReadOnlyList<string> HostsOf(X509Certificate2 certificate) =>
        [.. Of(certificate).Where(static name => name.StartsWith("DNS:", StringComparison.Ordinal)).Select(static name => name[4..])];

    private static void Read(byte[] extension, List<string> names)
    {
        var sequence = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData && names.Count < MaxNames)
        {
            var tag = sequence.PeekTag();
            switch (tag.TagValue)
            {
                case 1:
                    names.Add("email:" + sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 2:
                    names.Add(Dns(sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
                    break;
                case 6:
                    names.Add("URI:" + sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 7 when sequence.ReadOctetString(tag) is { Length: 4 or 16 } address:
                    names.Add(Ip(new IPAddress(address)));
                    break;
                case 7:
                    break;
                default:
                    sequence.ReadEncodedValue();
                    break;
            }
        }
    }

    private static string Dns(string host) => "DNS:" + host.TrimEnd('.').ToLowerInvariant();

    private static string Ip(IPAddress address) => "IP:" + address;
}
