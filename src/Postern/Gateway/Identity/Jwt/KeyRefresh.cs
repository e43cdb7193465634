namespace Postern.Gateway.Identity.Jwt;

/// <summary>When the keys of an issuer are fetched again: pure decisions over how long ago things were.</summary>
internal static class KeyRefresh
{
    /// <summary>A key that its issuer has removed verifies for no longer than this and one fetch: below 5 minutes.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(4);

    /// <summary>Whatever callers send, an issuer is not asked more often.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>How long a fetch may take, and so the next one may wait.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>While there are no keys at all every caller is refused: it is tried more often.</summary>
    private static readonly TimeSpan PauseWithoutKeys = TimeSpan.FromSeconds(10);

    /// <summary>Whether it is time by itself.</summary>
    /// <param name="sinceTry">Null: never tried.</param>
    /// <param name="failed">Whether the last try gave no keys.</param>
    /// <param name="hasKeys">Whether older ones are there.</param>
    public static bool IsDue(TimeSpan? sinceTry, bool failed, bool hasKeys) =>
        sinceTry is not { } elapsed || elapsed >= (!failed ? Period : hasKeys ? Pause : PauseWithoutKeys);

    /// <summary>Whether a call that found no key for its token may have them fetched.</summary>
    public static bool MayAsk(TimeSpan? sinceTry) => sinceTry is not { } elapsed || elapsed >= Pause;
}
