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

    private readonly List<(string Name, TokenRate Rate, TokenAnswer Answer)> limits = new(2);

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

    public void Add(string name, TokenRate rate, TokenAnswer answer) => limits.Add((name, rate, answer));

    private void Tell(IHeaderDictionary headers)
    {
        // An API that has limits of its own speaks of those: two lists in one field could not be told apart by every client.
        if (headers.ContainsKey(Policy) || headers.ContainsKey(State))
        {
            return;
        }

        headers[Policy] = string.Join(", ", limits.Select(static limit => Invariant(
            $"\"{limit.Name}\";q={Math.Floor(limit.Rate.Burst)};w={Seconds(TimeSpan.FromSeconds(limit.Rate.Burst / limit.Rate.PerSecond))}")));
        headers[State] = string.Join(", ", limits.Select(static limit => Invariant(
            $"\"{limit.Name}\";r={limit.Answer.Left};t={Seconds(limit.Answer.UntilFull)}")));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}
