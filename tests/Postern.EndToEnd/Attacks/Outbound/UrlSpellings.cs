using System.Net;

namespace Postern.EndToEnd.Attacks.Outbound;

/// <summary>URLs that some parser reads as a forbidden address, in the spellings that have fooled one or another check.</summary>
internal static class UrlSpellings
{
    // A public address, to stand where a check may look while a parser looks elsewhere.
    private const string Decoy = "93.184.215.14";

    private static readonly int[] Ports = [1, 7, 19, 21, 22, 23, 25, 53, 110, 111, 135, 139, 143, 389, 445, 465, 587, 873, 993, 1433, 1521, 2375, 2379, 3306, 3389, 5432, 5672, 5900, 6379, 6443, 8500, 9200, 10250, 11211, 15672, 27017];

    public static IReadOnlyList<string> All { get; } =
    [
        .. ForbiddenAddresses.V4.SelectMany(HostsOf).Concat(ForbiddenAddresses.V6.SelectMany(HostsOf6)).SelectMany(static host => (string[])[$"https://{host}/", $"http://{host}:8080/hook"]),
        .. Ports.SelectMany(static port => (string[])[$"https://{Decoy}:{port}/", $"https://public.test:{port}/"]),
        .. ((string[])
        [
            "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/", "jar:http://127.0.0.1!/", "ldap://127.0.0.1/", "//127.0.0.1/", "http:127.0.0.1", "http:/127.0.0.1/",
            "http:///127.0.0.1/", "\\\\127.0.0.1\\share", "unix:/var/run/docker.sock", "http://localhost:8080/", "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/", "https:///", "https://", "https://:443/",
            "https://[::1", "https://[127.0.0.1]/", "https://[::1]:0/", $"https://{Decoy}:0/", $"https://{Decoy}:65536/", $"https://{Decoy}:-1/", $"http://{Decoy}/", "javascript:alert(1)", "data:text/plain,x", "",
        ]),
    ];

    private static string[] HostsOf(IPAddress address)
    {
        var octets = address.GetAddressBytes();
        var (a, b, c, d) = (octets[0], octets[1], octets[2], octets[3]);
        var value = ((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8) | d;
        var text = address.ToString();
        return
        [
            text, text + ".", $"{value}", $"0x{value:x8}", $"0x{value:X}", $"0{Convert.ToString(value, 8)}", $"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}", $"0{Convert.ToString(a, 8)}.0{Convert.ToString(b, 8)}.0{Convert.ToString(c, 8)}.0{Convert.ToString(d, 8)}",
            $"{a}.{b}.{(c << 8) | d}", $"{a}.{value & 0xFFFFFF}", string.Concat(text.Select(static letter => letter == '.' ? '.' : (char)(letter - '0' + '０'))), text.Replace('.', '。'),
            $"[::ffff:{text}]", $"[::ffff:{value >> 16:x}:{value & 0xFFFF:x}]", $"[::{text}]", $"[::ffff:0:{text}]", $"[64:ff9b::{text}]", $"[2002:{value >> 16:x}:{value & 0xFFFF:x}::]", $"[::ffff:{text}%25lo]",
            $"{Decoy}@{text}", $"{text}%2f@{Decoy}", $"{Decoy}#@{text}", $"{Decoy}\\@{text}", $"{Decoy}%20@{text}", $"{text}\t", $"{text}%00.{Decoy}", $"{text} ",
        ];
    }

    private static string[] HostsOf6(IPAddress address)
    {
        var exploded = string.Join(':', address.GetAddressBytes().Chunk(2).Select(static pair => $"{pair[0]:x2}{pair[1]:x2}"));
        return [$"[{address}]", $"[{exploded}]", $"[{exploded.ToUpperInvariant()}]", $"[{address}%25lo]", $"[{address}%lo]", $"[{address}%251]"];
    }
}
