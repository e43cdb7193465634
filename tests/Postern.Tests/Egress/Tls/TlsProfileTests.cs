using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Configuration;
using Postern.Egress;
using Postern.Egress.Tls;
using Postern.Monitoring;

namespace Postern.Tests.Egress.Tls;

/// <summary>Whom a connection trusts and what it shows, in real handshakes.</summary>
public sealed class TlsProfileTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<PosternMeter>().BuildServiceProvider();
    private readonly LiveConfiguration live = new(new PosternConfiguration { Egress = new EgressConfiguration { Allow = ["127.0.0.0/8"] } });
    private readonly TestAuthority authority = new();
    private readonly EgressClient client;

    public TlsProfileTests() => client = new EgressClient(
        live, (host, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(host)]), services.GetRequiredService<PosternMeter>(), TimeProvider.System, NullLogger<EgressDialler>.Instance);

    public void Dispose()
    {
        client.Dispose();
        authority.Dispose();
        services.Dispose();
    }

    [Fact]
    public async Task An_authority_nobody_knows_is_trusted_by_the_profile_that_names_it_and_by_no_other()
    {
        await using var receiver = new TlsReceiver(authority.Issue());
        using var stranger = new TestAuthority();

        Assert.Equal(204, await CallAsync(receiver, new TlsProfile(Authorities(authority), null, null)));
        Assert.Equal(EgressFailure.CertificateUntrusted, await FailAsync(receiver, TlsProfile.Default));
        Assert.Equal(EgressFailure.CertificateUntrusted, await FailAsync(receiver, new TlsProfile(Authorities(stranger), Authorities(authority), null)));
        Assert.Equal(204, await CallAsync(receiver, new TlsProfile(null, Authorities(authority), null)));
    }

    [Fact]
    public async Task The_operators_authorities_hold_at_once_and_until_they_are_taken_away()
    {
        await using var receiver = new TlsReceiver(authority.Issue());

        Configure(egress => egress with { Authorities = Authorities(authority) });
        Assert.Equal(204, await CallAsync(receiver, TlsProfile.Default));

        Configure(egress => egress with { Authorities = null });
        Assert.Equal(EgressFailure.CertificateUntrusted, await FailAsync(receiver, TlsProfile.Default));
    }

    [Fact]
    public async Task With_revocation_asked_a_certificate_that_no_list_covers_is_refused()
    {
        await using var receiver = new TlsReceiver(authority.Issue());
        Configure(egress => egress with { Authorities = Authorities(authority), Revocation = Revocation.Offline });

        Assert.Equal(EgressFailure.CertificateUntrusted, await FailAsync(receiver, TlsProfile.Default));
    }

    [Fact]
    public async Task A_client_certificate_is_shown_by_its_own_profile_and_connections_are_not_shared()
    {
        await using var receiver = new TlsReceiver(authority.Issue());
        var (one, other) = (authority.Issue("one"), authority.Issue("other"));
        var trust = Authorities(authority);
        var (first, second, bare) = (new TlsProfile(trust, null, Certificate(one)), new TlsProfile(trust, null, Certificate(other)), new TlsProfile(trust, null, null));

        foreach (var profile in new[] { first, second, bare, first, second, bare })
        {
            Assert.Equal(204, await CallAsync(receiver, profile));
        }

        Assert.Equal([one.Thumbprint, other.Thumbprint, "", one.Thumbprint, other.Thumbprint, ""], receiver.Shown);
        Assert.Equal(3, receiver.Connections);
    }

    [Fact]
    public async Task The_same_certificates_in_another_object_use_the_same_connection()
    {
        await using var receiver = new TlsReceiver(authority.Issue(), mustProve: true);
        var own = authority.Issue("one");

        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(204, await CallAsync(receiver, new TlsProfile(Authorities(authority), null, Certificate(own))));
        }

        Assert.Equal(1, receiver.Connections);
    }

    [Fact]
    public void Pools_are_bounded_and_the_one_unused_for_longest_goes()
    {
        var retired = new List<HttpMessageInvoker>();
        var pools = new ConnectionPools(_ => new HttpMessageInvoker(new SocketsHttpHandler()), retired.Add);
        var profiles = Enumerable.Range(0, ConnectionPools.Most).Select(_ => Unique()).ToList();

        profiles.ForEach(profile => pools.Of(profile));
        var kept = pools.Of(profiles[0]);
        var dropped = pools.Of(profiles[1]);
        pools.Of(profiles[0]);
        foreach (var profile in profiles.Skip(2))
        {
            pools.Of(profile);
        }

        pools.Of(Unique());

        Assert.Same(dropped, Assert.Single(retired));
        Assert.Same(kept, pools.Of(profiles[0]));
        Assert.Equal(ConnectionPools.Most + 1, pools.Count);
        pools.Retire(static invoker => invoker.Dispose());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("no certificate")]
    public void What_holds_no_certificate_is_no_authority(string pem) => Assert.NotNull(AuthoritySet.Read(pem).Problem);

    [Fact]
    public void A_certificate_goes_with_its_own_key_alone()
    {
        var (one, other) = (authority.Issue("one"), authority.Issue("other"));

        Assert.NotNull(ClientCertificate.Read(one.Pem, other.Key).Problem);
        Assert.NotNull(ClientCertificate.Read(one.Pem, one.EncryptedKey).Problem);
        Assert.NotNull(ClientCertificate.Read(one.Key, one.Pem).Problem);
        Assert.Null(ClientCertificate.Read(one.Pem, one.Key).Problem);
    }

    private static TlsProfile Unique()
    {
        using var authority = new TestAuthority();
        return new TlsProfile(Authorities(authority), null, null);
    }

    private static AuthoritySet Authorities(TestAuthority authority) => AuthoritySet.Read(authority.RootPem).Authorities!;

    private static ClientCertificate Certificate(TestCertificate certificate) => ClientCertificate.Read(certificate.Pem, certificate.Key).Certificate!;

    private void Configure(Func<EgressConfiguration, EgressConfiguration> change) => live.Replace(live.Current with { Egress = change(live.Current.Egress) });

    private async Task<int> CallAsync(TlsReceiver receiver, TlsProfile profile)
    {
        using var request = new EgressRequest(HttpMethod.Get, new Uri(receiver.Url)) { Tls = profile };
        return (await client.FetchAsync(request, 1024, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Status;
    }

    private async Task<EgressFailure> FailAsync(TlsReceiver receiver, TlsProfile profile) =>
        (await Assert.ThrowsAsync<EgressException>(() => CallAsync(receiver, profile))).Failure;
}
