using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Postern.Callbacks.Sending;

namespace Postern.Tests.Callbacks;

public sealed class SignatureTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    [Fact]
    public void The_vector_of_the_specification_is_reproduced() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            Signature.Create([new SigningKey(CallbackRig.Secret, null)], "msg_p5jXN8AQM9LWM0D4loKWxJek", At, """{"test": 2432232314}"""u8));

    [Fact]
    public void A_reused_key_signs_like_a_new_one() =>
        Gen.Select(Gen.Byte.Array[24, 64], Gen.Byte.Array[0, 4096], Gen.Byte.Array[0, 4096]).Sample((key, first, second) =>
        {
            var reused = new SigningKey(key, null);
            Signature.Create([reused], "evt_1", At, first);
            return Signature.Create([reused], "evt_2", At, second) == "v1," + Convert.ToBase64String(
                HMACSHA256.HashData(key, Encoding.ASCII.GetBytes("evt_2.1614265330.").Concat(second).ToArray()));
        });

    [Fact]
    public void A_replaced_secret_signs_beside_the_new_one_until_it_expires()
    {
        SigningKey[] keys = [new(new byte[24], null), new(CallbackRig.Secret, At.AddSeconds(1))];

        var during = Signature.Create(keys, "evt_1", At, "x"u8);
        var after = Signature.Create(keys, "evt_1", At.AddSeconds(1), "x"u8);

        Assert.Equal($"{Signature.Create([keys[0]], "evt_1", At, "x"u8)} {Signature.Create([keys[1]], "evt_1", At, "x"u8)}", during);
        Assert.Equal(Signature.Create([keys[0]], "evt_1", At.AddSeconds(1), "x"u8), after);
    }
}
