using System.Globalization;
using Microsoft.AspNetCore.Http;
using Postern.Model.Limits;

namespace Postern.Gateway.Limits;

/// <summary>
/// <c>RateLimit-Policy</c> and <c>RateLimit</c> (draft-ietf-httpapi-ratelimit-headers): <c>q</c> calls may come at once and come
/// back within <c>w</c> seconds; <c>r</c> are left, and all of them are there again after <c>t</c>.
/// </summary>
internal sealed class RateLimitHeaders
{
    public const string Policy = "RateLimit-Policy";
    public const string State = "RateLimit";

    private string? policy;
    private string? state;

    private RateLimitHeaders()
    {
    }

    /// <summary>What is added to it is told when the response starts.</summary>
    public static RateLimitHeaders Of(HttpResponse response)
    {
        var headers = new RateLimitHeaders();
        response.OnStarting(
            static state =>
            {
                var (headers, response) = ((RateLimitHeaders, HttpResponse))state;
                headers.Tell(response.Headers);
                return Task.CompletedTask;
            },
            (headers, response));
        return headers;
    }

    public void Add(LimitScope scope, TokenRate rate, TokenAnswer answer)
    {
        policy = Join(policy, scope.PolicyOf(rate));
        state = Join(state, string.Create(
            CultureInfo.InvariantCulture, stackalloc char[96], $"\"{scope.Name}\";r={(long)answer.Left};t={Seconds(answer.UntilFull)}"));
    }

    /// <summary>How a rate is told.</summary>
    public static string PolicyOf(string name, TokenRate rate) => string.Create(
        CultureInfo.InvariantCulture, $"\"{name}\";q={(long)rate.Burst};w={Seconds(TimeSpan.FromSeconds(rate.Burst / rate.PerSecond))}");

    private void Tell(IHeaderDictionary headers)
    {
        // An API that has limits of its own speaks of those: two lists in one field could not be told apart by every client.
        if (!headers.ContainsKey(Policy) && !headers.ContainsKey(State))
        {
            headers[Policy] = policy;
            headers[State] = state;
        }
    }

    private static string Join(string? before, string item) => before is null ? item : $"{before}, {item}";

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}
