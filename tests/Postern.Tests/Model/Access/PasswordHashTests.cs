using System.Text;
using Postern.Model.Access;

namespace Postern.Tests.Model.Access;

public sealed class PasswordHashTests
{
    // Made by Python's hashlib.pbkdf2_hmac.
    private const string Elsewhere = "$pbkdf2-sha256$i=600000$AAECAwQFBgcICQoLDA0ODw$NwL+xSmigNiAOgl+I2jEaRCGhgM4MrAYuhRj2xV8e+o";

    [Fact]
    public void A_hash_made_elsewhere_is_read_verified_and_written_as_it_was()
    {
        Assert.True(PasswordHash.TryParse(Elsewhere, out var hash, out _));
        Assert.True(hash.Verify(Encoding.UTF8.GetBytes("p\u00e4ssword")));
        Assert.False(hash.Verify(Encoding.UTF8.GetBytes("password")));
        Assert.Equal(Elsewhere, hash.ToString());
    }

    [Fact]
    public void The_same_password_never_has_the_same_hash_twice() =>
        Assert.NotEqual(PasswordHash.Create("s3cret").ToString(), PasswordHash.Create("s3cret").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("s3cret")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$NwL+xSmigNiAOgl+I2jEaRCGhgM4MrAYuhRj2xV8e+o")]
    [InlineData("$pbkdf2-sha256$600000$AAECAwQFBgcICQoLDA0ODw$NwL+xSmigNiAOgl+I2jEaRCGhgM4MrAYuhRj2xV8e+o")]
    [InlineData("$pbkdf2-sha256$i=599999$AAECAwQFBgcICQoLDA0ODw$NwL+xSmigNiAOgl+I2jEaRCGhgM4MrAYuhRj2xV8e+o")]
    [InlineData("$pbkdf2-sha256$i=10000001$AAECAwQFBgcICQoLDA0ODw$NwL+xSmigNiAOgl+I2jEaRCGhgM4MrAYuhRj2xV8e+o")]
    [InlineData("$pbkdf2-sha256$i=600000$AAECAwQFBgcICQoLDA0O$NwL+xSmigNiAOgl+I2jEaRCGhgM4MrAYuhRj2xV8e+o")]
    [InlineData("$pbkdf2-sha256$i=600000$AAECAwQFBgcICQoLDA0ODw$NwL+xSmigNiAOgl+I2jEaQ")]
    [InlineData("$pbkdf2-sha256$i=600000$AAECAwQFBgcICQoLDA0ODw==$NwL+xSmigNiAOgl+I2jEaRCGhgM4MrAYuhRj2xV8e+o=")]
    [InlineData("$pbkdf2-sha256$i=600000$AAECAwQFBgcICQoLDA0ODw$NwL+xSmigNiAOgl+I2jEaRCGhgM4MrAYuhRj2xV8e+o$")]
    public void What_is_too_weak_too_dear_or_of_another_form_is_refused_without_being_shown(string text)
    {
        Assert.False(PasswordHash.TryParse(text, out _, out var problem));
        Assert.DoesNotContain("NwL", problem);
    }
}
