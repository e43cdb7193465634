using Postern.Operations;

namespace Postern.Gateway.Identity.Logins;

/// <summary>What callers are told whose password was not looked at.</summary>
internal static class LoginProblems
{
    private const string TooManyKind = "too-many-logins", BusyKind = "logins-busy";

    public static ProblemException TooMany(TimeSpan wait) => new(
        Problems.Make(429, TooManyKind, "Too many logins have failed", "The password was not looked at. Wait for Retry-After, and look which credentials are sent."),
        wait);

    public static ProblemException Busy() => new(
        Problems.Make(503, BusyKind, "Too many logins at once", "The password was not looked at. Send the same again after Retry-After."),
        TimeSpan.FromSeconds(2));

    public static bool Holds(Problem problem) => problem.Type is "/problems/" + TooManyKind or "/problems/" + BusyKind;
}
