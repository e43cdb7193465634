using Postern.Model.Access;

namespace Postern.Tests.Contracts;

public abstract partial class StoreContract
{
    [Fact]
    public async Task When_credentials_were_used_last_is_kept_and_the_latest_use_counts()
    {
        var (key, password) = (new CredentialName("acme", CredentialKind.ApiKey, "k1"), new CredentialName("acme", CredentialKind.Basic, "k1"));
        var noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        await Store.WriteUsesAsync([new(key, noon), new(password, noon)], [], Cancellation);
        await Store.WriteUsesAsync([new(key, noon.AddMinutes(1))], [new("acme", CredentialKind.ApiKey, "never-there")], Cancellation);
        await Store.WriteUsesAsync([new(key, noon.AddSeconds(1))], [], Cancellation);
        await ReopenAsync();

        Assert.Equal([new(password, noon), new(key, noon.AddMinutes(1))], await Store.ReadUsesAsync(Cancellation));
        await Store.WriteUsesAsync([], [password], Cancellation);
        Assert.Equal([new(key, noon.AddMinutes(1))], await Store.ReadUsesAsync(Cancellation));
    }
}
