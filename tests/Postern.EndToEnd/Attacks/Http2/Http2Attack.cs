namespace Postern.EndToEnd.Attacks.Http2;

/// <summary>A thing that is done over and over to a connection.</summary>
/// <param name="Name">What it is called in a failure.</param>
/// <param name="Times">How often, over as many connections as it takes.</param>
/// <param name="Make">The frames of one time, given a stream that is new.</param>
internal sealed record Http2Attack(string Name, int Times, Func<int, byte[]> Make)
{
    // A dynamic table holds 4,096 octets: one entry fills it, and each octet that names the entry stands for all of it.
    private static readonly byte[] Bomb =
    [
        .. Http2Frames.Get, 0x40, 1, (byte)'x', 0x7f, 0xc1, 0x1e, .. Enumerable.Repeat((byte)'y', 4_032), .. Enumerable.Repeat((byte)0xbe, 12_000),
    ];

    public static IReadOnlyList<Http2Attack> All { get; } =
    [
        // CVE-2023-44487.
        new("rapid reset", 100_000, static stream =>
        [
            .. Http2Frames.Frame(FrameType.Headers, Http2Frames.EndStream | Http2Frames.EndHeaders, stream, Http2Frames.Get),
            .. Http2Frames.Frame(FrameType.Reset, 0, stream, Http2Frames.Number(8)),
        ]),
        // CVE-2025-8671: the server is brought to reset them itself.
        new("window of zero", 10_000, static stream =>
        [
            .. Http2Frames.Frame(FrameType.Headers, Http2Frames.EndHeaders, stream, Http2Frames.Post),
            .. Http2Frames.Frame(FrameType.WindowUpdate, 0, stream, Http2Frames.Number(0)),
        ]),
        new("window overflow", 10_000, static stream =>
        [
            .. Http2Frames.Frame(FrameType.Headers, Http2Frames.EndHeaders, stream, Http2Frames.Post),
            .. Http2Frames.Frame(FrameType.WindowUpdate, 0, stream, Http2Frames.Number(int.MaxValue)),
        ]),
        new("data behind the end", 10_000, static stream =>
        [
            .. Http2Frames.Frame(FrameType.Headers, Http2Frames.EndStream | Http2Frames.EndHeaders, stream, Http2Frames.Get),
            .. Http2Frames.Frame(FrameType.Data, 0, stream, [1, 2, 3]),
        ]),
        new("depends on itself", 10_000, static stream =>
        [
            .. Http2Frames.Frame(FrameType.Headers, Http2Frames.EndHeaders, stream, Http2Frames.Post),
            .. Http2Frames.Frame(FrameType.Priority, 0, stream, [.. Http2Frames.Number(stream), 1]),
        ]),
        // CVE-2024-27316 and its family.
        new("endless headers", 2_000, static stream => stream == 1
            ? Http2Frames.Frame(FrameType.Headers, 0, 1, Http2Frames.Get)
            : Http2Frames.Frame(FrameType.Continuation, 0, 1, [.. Enumerable.Range(0, 60).SelectMany(static _ => Http2Frames.Literal("x", new string('y', 100)))])),
        new("endless empty continuations", 50_000, static stream => Http2Frames.Frame(stream == 1 ? FrameType.Headers : FrameType.Continuation, 0, 1, stream == 1 ? Http2Frames.Get : [])),
        new("settings flood", 50_000, static _ => Http2Frames.Frame(FrameType.Settings, 0, 0, [0, 4, 0, 0, 0xff, 0xff])),
        new("ping flood", 50_000, static _ => Http2Frames.Frame(FrameType.Ping, 0, 0, new byte[8])),
        new("empty data flood", 50_000, static stream => stream == 1
            ? Http2Frames.Frame(FrameType.Headers, Http2Frames.EndHeaders, 1, Http2Frames.Post) : Http2Frames.Frame(FrameType.Data, 0, 1, [])),
        new("priority flood", 50_000, static stream => Http2Frames.Frame(FrameType.Priority, 0, stream, [0, 0, 0, 0, 1])),
        new("header bomb", 200, static stream => Http2Frames.Frame(FrameType.Headers, Http2Frames.EndStream | Http2Frames.EndHeaders, stream, Bomb)),
        // CVE-2019-9516.
        new("names of no length", 5_000, static stream => Http2Frames.Frame(
            FrameType.Headers, Http2Frames.EndStream | Http2Frames.EndHeaders, stream, [.. Http2Frames.Get, .. Http2Frames.Literal("", "")])),
        new("many headers", 500, static stream => Http2Frames.Frame(
            FrameType.Headers, Http2Frames.EndStream | Http2Frames.EndHeaders, stream, [.. Http2Frames.Get, .. Enumerable.Range(0, 2_000).SelectMany(static _ => Http2Frames.Literal("x", "y"))])),
        new("a table of no bounds", 5_000, static stream => Http2Frames.Frame(
            FrameType.Headers, Http2Frames.EndStream | Http2Frames.EndHeaders, stream, [0x3f, 0xff, 0xff, 0xff, 0x07, .. Http2Frames.Get])),
        new("frames too long", 200, static stream => Http2Frames.Frame(FrameType.Headers, Http2Frames.EndHeaders, stream, new byte[20_000])),
        new("pushes", 2_000, static stream => Http2Frames.Frame(FrameType.PushPromise, Http2Frames.EndHeaders, stream, [.. Http2Frames.Number(2), .. Http2Frames.Get])),
        new("a body that never comes", 5_000, static stream => Http2Frames.Frame(FrameType.Headers, Http2Frames.EndHeaders, stream, Http2Frames.Post)),
    ];
}
