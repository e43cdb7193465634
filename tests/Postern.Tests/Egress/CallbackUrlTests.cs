using Postern.Configuration;
using Postern.Egress;

namespace Postern.Tests.Egress;

public sealed class CallbackUrlTests
{
    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com/hooks?token=a%20b")]
    [InlineData("HTTPS://EXAMPLE.com:8443/")]
    [InlineData("https://xn--bcher-kva.example/")]
    [InlineData("https://1.1.1.1/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    [InlineData("https://a@example.com/", false)]
    [InlineData("https://@example.com/", false)]
    [InlineData("https://a:b@example.com/", false)]
    [InlineData("https://example.com/@me", true)]
    [InlineData("https://example.com/#top", false)]
    [InlineData("https://example.com/a b", false)]
    [InlineData("https://example.com/\t", false)]
    [InlineData("https://bücher.example/", false)]
    [InlineData("https://example.com\\@127.0.0.1/", false)]
    [InlineData("https://exam%70le.com/", false)]
    [InlineData("https:///path", false)]
    [InlineData("https://", false)]
    [InlineData("https:example.com", false)]
    [InlineData("https://example.com:99999/", false)]
    [InlineData("//example.com/", false)]
    [InlineData("/hook", false)]
    [InlineData("", false)]
    [InlineData("ftp://example.com/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("http://1.1.1.1 &@2.2.2.2# @3.3.3.3/", false)]
    [InlineData("https://127.0.0.1%2f@evil.com/", false)]
    [InlineData("https://evil.com#@127.0.0.1/", false)]
    [InlineData("http:127.0.0.1", false)]
    [InlineData("//127.0.0.1/", false)]
    [InlineData("https://a\tb.com/", false)]
    [InlineData("https://a\r\nb.com/", false)]
    [InlineData("gopher://127.0.0.1:6379/_x", false)]
    [InlineData("jar:https://127.0.0.1!/", false)]
    [InlineData("\\\\127.0.0.1\\share", false)]
    public void A_callback_is_an_absolute_web_address(string url, bool allowed = true) => Check(url, allowed);

    [Theory]
    [InlineData("0x7f000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.1")]
    [InlineData("0")]
    [InlineData("2130706433")]
    [InlineData("0x1.0x2.0x3.0x4", true)]
    [InlineData("0x0a.0x2.0x3.0x4")]
    [InlineData("127.0.0.1.")]
    [InlineData("①②⑦.⓪.⓪.①")]
    [InlineData("127。0。0。1")]
    [InlineData("１２７.０.０.１")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[::ffff:0:127.0.0.1]")]
    [InlineData("[64:ff9b::169.254.169.254]")]
    [InlineData("[2002:a9fe:a9fe::]")]
    [InlineData("[fe80::1%25eth0]")]
    [InlineData("[::1%25lo]")]
    [InlineData("[::1]")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("1.2.3.4.5")]
    [InlineData("999.1.1.1")]
    [InlineData("example.0x7f")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST.")]
    [InlineData("api.localhost")]
    public void Odd_spellings_of_addresses_are_judged_as_the_address(string host, bool allowed = false) => Check($"https://{host}/", allowed);

    [Theory]
    [InlineData(0, false)]
    [InlineData(22, false)]
    [InlineData(25, false)]
    [InlineData(80, true)]
    [InlineData(443, true)]
    [InlineData(444, false)]
    [InlineData(1023, false)]
    [InlineData(1024, true)]
    [InlineData(5672, false)]
    [InlineData(6379, false)]
    [InlineData(8443, true)]
    [InlineData(65535, true)]
    public void Ports_of_other_services_are_refused(int port, bool allowed)
    {
        Check($"https://example.com:{port}/", allowed);
        Check($"https://1.1.1.1:{port}/", allowed);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000/", true)]
    [InlineData("http://127.1:9000/", true)]
    [InlineData("https://127.0.0.1:9000/", true)]
    [InlineData("http://localhost:9000/", true)]
    [InlineData("http://api.localhost:9000/", true)]
    [InlineData("http://10.0.0.1/", false)]
    [InlineData("http://1.1.1.1/", false)]
    [InlineData("http://receiver.internal/", true)]
    [InlineData("http://receiver.internal:6379/", false)]
    public void Plain_http_goes_to_listed_addresses_and_a_name_is_left_to_the_dialler(string url, bool allowed) => Check(url, allowed, "127.0.0.0/8");

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://1.1.1.1/")]
    public void Without_a_listed_address_plain_http_is_hopeless(string url) => Check(url, allowed: false);

    [Theory]
    [InlineData(PlainHttp.Never, "http://receiver.internal/", false)]
    [InlineData(PlainHttp.Never, "http://127.0.0.1:9000/", false)]
    [InlineData(PlainHttp.Never, "https://127.0.0.1:9000/", true)]
    [InlineData(PlainHttp.Anywhere, "http://example.com/", true)]
    [InlineData(PlainHttp.Anywhere, "http://1.1.1.1/", true)]
    [InlineData(PlainHttp.Anywhere, "http://10.0.0.1/", false)]
    [InlineData(PlainHttp.Anywhere, "http://1.1.1.1:6379/", false)]
    public void Where_plain_http_may_go_is_the_operators_word(PlainHttp plainHttp, string url, bool allowed)
    {
        var wrong = CallbackUrl.Check(url, new PosternConfiguration { Egress = new EgressConfiguration { Allow = ["127.0.0.0/8"], PlainHttp = plainHttp } });
        Assert.True(allowed == wrong is null, $"{url}: {wrong ?? "accepted"}");
    }

    [Fact]
    public void Our_own_ports_are_never_a_callback() => Check("http://127.0.0.1:8081/api", allowed: false, "127.0.0.0/8");

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2049, false)]
    public void A_url_has_2048_characters_at_most(int length, bool allowed) => Check("https://example.com/".PadRight(length, 'x'), allowed);

    private static void Check(string url, bool allowed, params string[] allow)
    {
        var wrong = CallbackUrl.Check(url, new PosternConfiguration { Egress = new EgressConfiguration { Allow = allow } });
        Assert.True(allowed == wrong is null, $"{url}: {wrong ?? "accepted"}");
    }
}
