using CsCheck;
using Postern.Model.CloudEvents;

namespace Postern.Tests.Model.CloudEvents;

public sealed class HeaderEncodingTests
{
    [Theory]
    [InlineData("Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80")]
    [InlineData("", "")]
    [InlineData("plain-._~!#$&'()*+,/:;=?@[]", "plain-._~!#$&'()*+,/:;=?@[]")]
    [InlineData("a b", "a%20b")]
    [InlineData("\"%", "%22%25")]
    [InlineData("\r\n\0\u007f", "%0D%0A%00%7F")]
    [InlineData("~\u0080", "~%C2%80")]
    public void A_value_is_percent_encoded_as_the_binding_says(string value, string expected) =>
        Assert.Equal(expected, HeaderEncoding.Encode(value));

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal("%EF%BF%BD!", HeaderEncoding.Encode("\ud83d!"));

    [Fact]
    public void What_was_encoded_is_printable_and_decodes_to_what_it_was() =>
        Gen.String.Where(value => value.EnumerateRunes().All(rune => rune.Value != 0xfffd)).Sample(value =>
        {
            var encoded = HeaderEncoding.Encode(value);
            return encoded.All(character => character is >= '!' and <= '~' and not '"') && Uri.UnescapeDataString(encoded) == value;
        });
}
