using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Attacks.Tenancy;

/// <summary>The operator's calls are the operator's alone: no credential of a consumer makes them, and the gateway port has none of them.</summary>
public sealed partial class AdminReachTests
{
    /// <summary>What anybody may ask, and why.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["readHealth"] = "Orchestrators ask without a token whether the process lives: nothing is told but that.",
        ["readReadiness"] = "And whether it is ready.",
    };

    [Fact]
    public async Task No_call_of_the_admin_port_is_made_with_what_a_consumer_has()
    {
        await using var house = await TwoTenants.StartAsync();
        var foreign = await house.FillAsync(tenant: 1);
        var (password, key) = (TwoTenants.PasswordOf("acme"), TwoTenants.KeyFor("read"));
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"acme:{password}"));
        (string Name, string Value)[][] credentials =
        [
            [], [("Authorization", $"Basic {basic}")], [("X-API-Key", key)], [("Authorization", $"Bearer {key}")], [("Authorization", $"Bearer {password}")],
            [("Authorization", $"Bearer {TwoTenants.AdminToken}x")], [("Authorization", $"Basic {TwoTenants.AdminToken}")], [("Authorization", "Bearer ")], [("X-Consumer-Name", "acme")],
        ];
        using var client = new HttpClient { BaseAddress = house.Operator.BaseAddress };
        var faults = new List<string>();

        foreach (var call in ApiDescription.Admin)
        {
            foreach (var fields in credentials)
            {
                var answer = await TwoTenants.CallAsync(client, call.Method, Path(call, foreign), null, fields);
                if (Open.ContainsKey(call.Id) ? answer.Status != HttpStatusCode.OK : answer.Status != HttpStatusCode.Unauthorized)
                {
                    faults.Add($"{call} with {string.Join(", ", fields)}: {answer}");
                }

                if (ShowsSomething(answer.Told, foreign))
                {
                    faults.Add($"{call} tells {answer.Told}");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Empty(Open.Keys.Except(ApiDescription.Admin.Select(static call => call.Id)));
    }

    [Fact]
    public async Task No_call_of_the_admin_port_is_made_by_way_of_the_gateway_port()
    {
        await using var house = await TwoTenants.StartAsync();
        var foreign = await house.FillAsync(tenant: 1);
        var before = await StateAsync(house);
        var faults = new List<string>();
        var passed = 0;

        foreach (var call in ApiDescription.Admin)
        {
            var path = Path(call, foreign);
            var answer = await house.CallAsync(0, call.Method, path, null);
            if (house.Upstream.Requests.Any(request => request.Method == call.Method && request.Target == path))
            {
                passed++;
            }
            else if (answer.Status != HttpStatusCode.NotFound && !ApiDescription.Gateway.Any(own => own.Method == call.Method && IsAt(path, own.Path)))
            {
                faults.Add($"{call} is neither the API's nor a call of the gateway port: {answer}");
            }

            // The API says back what it was asked for.
            if (ShowsSomething(answer.Told.Replace(path, "", StringComparison.Ordinal), foreign, except: path))
            {
                faults.Add($"{call} tells {answer.Told}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.InRange(passed, 25, ApiDescription.Admin.Count);
        Assert.Equal(before, await StateAsync(house));
    }

    /// <summary>The path with ids of the other consumer, each by the segment before it.</summary>
    private static string Path(DescribedCall call, Belongings foreign)
    {
        var segments = call.Path.Split('/');
        for (var index = 1; index < segments.Length; index++)
        {
            if (segments[index].StartsWith('{'))
            {
                segments[index] = segments[index - 1] switch
                {
                    "events" => foreign.Ids["event"],
                    "subscriptions" => foreign.Ids["id"],
                    "jobs" => foreign.Ids["job"],
                    "consumers" => TwoTenants.Names[1],
                    "credentials" => "basic-1",
                    "callbacks" => "cb_1",
                    "erase" => "ers_1",
                    var kind => throw new InvalidOperationException($"{call}: what is the id of one of {kind}?"),
                };
            }
        }

        return string.Join('/', segments);
    }

    private static bool ShowsSomething(string told, Belongings foreign, string except = "") =>
        foreign.Ids.Values.Append(TwoTenants.Names[1]).Any(value => !except.Contains(value, StringComparison.Ordinal) && told.Contains(value, StringComparison.Ordinal));

    private static bool IsAt(string path, string template)
    {
        var (segments, parts) = (path.Split('/'), template.Split('/'));
        return segments.Length == parts.Length && segments.Zip(parts).All(static pair => pair.Second.StartsWith('{') || pair.First == pair.Second);
    }

    private static async Task<string> StateAsync(TwoTenants house) => LastUse().Replace(
        string.Join('\n', await Task.WhenAll(((string[])["/api/consumers", "/api/subscriptions", "/api/jobs", "/api/callbacks", "/api/audit"]).Select(house.Operator.GetStringAsync))), "");

    [GeneratedRegex(",\"lastUsed\":\"[^\"]*\"")]
    private static partial Regex LastUse();
}
