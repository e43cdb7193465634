namespace Postern.Server.CrashTest;

/// <summary>Published events are of twenty types in turn; a subscription wants some of them. Captured ones are of one type.</summary>
internal static class EventClass
{
    public const int Count = 20;
    public const int None = 0;
    public const int All = (1 << Count) - 1;

    /// <summary>The bit that stands for the events that come through the API.</summary>
    public const int Captured = 1 << Count;

    public static int Of(uint number, bool captured) => captured ? Captured : 1 << (int)(number % Count);

    public static string Type(uint number) => $"load.c{number % Count}";

    /// <summary>The types in a set of classes.</summary>
    public static IEnumerable<string> Types(int classes) =>
        Enumerable.Range(0, Count).Where(index => (classes & (1 << index)) != 0).Select(index => Type((uint)index));
}
