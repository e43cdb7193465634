using Postern.Model.Access;

namespace Postern.Tests.Model.Access;

public sealed class ApiKeyTextTests
{
    [Fact]
    public void A_key_with_any_one_character_changed_is_told_without_asking_anybody()
    {
        var key = ApiKeyText.Create();

        Assert.Equal(key.Split('_')[1], ApiKeyText.IdOf(key));
        for (var place = 0; place < key.Length; place++)
        {
            var typo = key[..place] + (key[place] == 'x' ? 'y' : 'x') + key[(place + 1)..];
            Assert.Null(ApiKeyText.IdOf(typo));
        }

        Assert.Null(ApiKeyText.IdOf(key[..^1]));
        Assert.Null(ApiKeyText.IdOf(key + "x"));
    }

    [Fact]
    public void No_two_keys_are_alike() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(static _ => ApiKeyText.Create()).Distinct().Count());
}
