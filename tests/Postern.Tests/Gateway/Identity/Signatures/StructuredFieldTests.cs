using Postern.Gateway.Identity.Signatures.Structured;

namespace Postern.Tests.Gateway.Identity.Signatures;

public sealed class StructuredFieldTests
{
    /// <summary>Forms of RFC 9651 §3 and of its parser (§4.2), with the canonical one of each (§4.1).</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("  a=1", "a=1")]
    [InlineData("a=1 ,\t b=2", "a=1, b=2")]
    [InlineData("a,b;x;y=?0,c=?1;z", "a, b;x;y=?0, c;z")]
    [InlineData("a=(1   2 ) ;x", null)]
    [InlineData("a=( 1   2 );x=\"y\"", "a=(1 2);x=\"y\"")]
    [InlineData("a=()", "a=()")]
    [InlineData("a=(b;c d;e=1.50)", "a=(b;c d;e=1.5)")]
    [InlineData("a=007, b=-0, c=-12.0, d=999999999999999", "a=7, b=0, c=-12.0, d=999999999999999")]
    [InlineData("*k-_.9=tok/en:*, x=@1659578233", "*k-_.9=tok/en:*, x=@1659578233")]
    [InlineData(@"a=""q\""\\ ~""", @"a=""q\""\\ ~""")]
    [InlineData("a=:aGVsbG8=:, b=::", "a=:aGVsbG8=:, b=::")]
    // What is no dictionary.
    [InlineData("A=1", null)]
    [InlineData("1=a", null)]
    [InlineData("a=", null)]
    [InlineData("a= 1", null)]
    [InlineData("a =1", null)]
    [InlineData("a=1,", null)]
    [InlineData("a=1 b=2", null)]
    [InlineData(",a=1", null)]
    [InlineData("a=(1", null)]
    [InlineData("a=(1,2)", null)]
    [InlineData("a=(1\t2)", null)]
    [InlineData("a=((1))", null)]
    [InlineData("a=1;", null)]
    [InlineData("a=1;B", null)]
    [InlineData("a=1000000000000000", null)]
    [InlineData("a=1.", null)]
    [InlineData("a=1.2345", null)]
    [InlineData("a=1234567890123.1", null)]
    [InlineData("a=-", null)]
    [InlineData("a=--1", null)]
    [InlineData("a=+1", null)]
    [InlineData("a=\"", null)]
    [InlineData("a=\"b", null)]
    [InlineData("a=\"\\", null)]
    [InlineData("a=\"\\n\"", null)]
    [InlineData("a=\"\u00e4\"", null)]
    [InlineData("a=\"\t\"", null)]
    [InlineData("a='b'", null)]
    [InlineData("a=?2", null)]
    [InlineData("a=?", null)]
    [InlineData("a=@1.5", null)]
    [InlineData("a=:aGVsbG8", null)]
    [InlineData("a\0", null)]
    // What two readers may read differently, though the standard says how.
    [InlineData("a=1, a=2", null)]
    [InlineData("a=1;x=1;x=2", null)]
    [InlineData("a=:aGVsbG8:", null)]
    [InlineData("a=:aGVsbG9=:", null)]
    [InlineData("a=:aGVs bG8=:", null)]
    [InlineData("a=:aGVs-_8=:", null)]
    public void A_dictionary_has_one_meaning_and_one_canonical_form(string text, string? canonical) =>
        Assert.Equal(canonical, StructuredDictionary.Parse([text])?.ToString());

    [Fact]
    public void Several_fields_are_one_dictionary() => Assert.Equal("a=1, b=2", StructuredDictionary.Parse(["a=1", "b=2"])?.ToString());

    [Fact]
    public void Nothing_has_more_parameters_than_a_reader_can_compare()
    {
        static string With(int parameters) => "a" + string.Concat(Enumerable.Range(0, parameters).Select(static number => $";p{number}"));

        Assert.Equal(With(32), StructuredDictionary.Parse([With(32)])?.ToString());
        Assert.Null(StructuredDictionary.Parse([With(33)]));
    }

    [Fact]
    public void No_beginning_of_a_dictionary_ends_the_reader()
    {
        const string Whole = "sig=(\"@method\" \"x\";key=\"a\");created=1618884473;keyid=\"k\\\"\", b=:aGVsbG8=:, c=?1;d=1.5, e=@12, f=t/o";
        for (var length = 0; length <= Whole.Length; length++)
        {
            // Each of them is read, or is refused: nothing else comes of it.
            var canonical = StructuredDictionary.Parse([Whole[..length]])?.ToString();
            Assert.True(canonical is null || StructuredDictionary.Parse([canonical])?.ToString() == canonical);
        }
    }
}
