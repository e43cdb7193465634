using System.Net;
using Postern.Operations;

namespace Postern.Gateway.Identity.Logins;

/// <summary>
/// Answers callers whose credentials do not hold at an even pace, once one address has many of them: whoever guesses in a thousand
/// calls at once gets a thousand answers one after the other, and what they cost stays small beside the calls of those who are known.
/// </summary>
/// <remarks>Waiting costs a timer and the connection it is for: beyond a number of them the next is answered at once, as the last on its connection.</remarks>
internal sealed class RefusalPace(TimeProvider time)
{
    private const int MostWaiting = 4096;

    // Shorter than the patience of most clients.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly LoginAllowance addresses = new(burst: 100, TimeSpan.FromMilliseconds(10), time);
    private int waiting;

    /// <summary>Waits for the turn of an answer, when it is one of those. False: too many wait, and the connection should end with it.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async ValueTask<bool> WaitAsync(ProblemException problem, IPAddress? address, CancellationToken cancellation)
    {
        if (!IsOfCredentials(problem.Problem) || addresses.Book(LoginGuard.PlaceOf(address), Longest) is not { } wait)
        {
            return true;
        }

        try
        {
            if (Interlocked.Increment(ref waiting) > MostWaiting)
            {
                return false;
            }

            await Task.Delay(wait, time, cancellation);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private static bool IsOfCredentials(Problem problem) => problem.Status == 401 || LoginProblems.Holds(problem);
}
