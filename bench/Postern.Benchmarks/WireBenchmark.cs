using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Postern.Callbacks.Sending;
using Postern.Model.CloudEvents;

namespace Postern.Benchmarks;

/// <summary>What each callback and each published event costs in signing and in coding header values.</summary>
[Config(typeof(ShortInProcess))]
[MemoryDiagnoser]
public class WireBenchmark
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly SigningKey[] keys = [new SigningKey(RandomNumberGenerator.GetBytes(32), expires: null)];
    private readonly byte[] body = RandomNumberGenerator.GetBytes(1024);

    [Benchmark(Description = "sign 1 KiB")]
    public string Sign() => Signature.Create(keys, "evt_0000000001abcdefghjk", At, body);

    [Benchmark(Description = "encode a plain header value")]
    public string EncodePlain() => HeaderEncoding.Encode("/orders/42");

    [Benchmark(Description = "encode a header value with two umlauts and a space")]
    public string EncodeEscaped() => HeaderEncoding.Encode("/aufträge/42 für");

    [Benchmark(Description = "decode a plain header value")]
    public bool DecodePlain() => HeaderCoding.TryDecode("/orders/42", out _);

    [Benchmark(Description = "decode a header value with three escapes")]
    public bool DecodeEscaped() => HeaderCoding.TryDecode("/auftr%C3%A4ge/42%20", out _);

    [Benchmark(Description = "write ce-time")]
    public string Time() => CallbackHeaders.Time(At);
}
