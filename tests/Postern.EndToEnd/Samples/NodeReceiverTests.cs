using System.Net;
using System.Security.Cryptography;
using System.Text;
using Postern.EndToEnd.Harness;

namespace Postern.EndToEnd.Samples;

/// <summary>A judge that says yes to everything would prove nothing.</summary>
public sealed class NodeReceiverTests
{
    private static readonly string Secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));

    [Fact]
    public async Task The_foreign_receiver_takes_what_is_genuine_and_refuses_what_is_not()
    {
        Requires.NodeClients();
        using var scratch = new ScratchDirectory();
        await using var receiver = await NodeReceiver.StartAsync(scratch);
        await receiver.TrustAsync("/a", Secret);
        using var client = new HttpClient();

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(client, receiver.Url + "/a", "{\"ü\": 1}", "{\"ü\": 1}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(client, receiver.Url + "/a", "{\"ü\": 1}", "{\"ü\": 2}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(client, receiver.Url + "/b", "{}", "{}"));

        var callbacks = receiver.Read();
        Assert.Equal([true, false, false], callbacks.Select(callback => callback.Verified));
        Assert.Equal("{\"ü\": 1}", Encoding.UTF8.GetString(Convert.FromBase64String(callbacks[0].Body)));
        Assert.Equal("evt_1", callbacks[0].Id);
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string url, string body, string signed)
    {
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var signature = HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"evt_1.{timestamp}.{signed}"));
        var content = new StringContent(body);
        content.Headers.Add("webhook-id", "evt_1");
        content.Headers.Add("webhook-timestamp", $"{timestamp}");
        content.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(signature)}");
        using var answer = await client.PostAsync(url, content);
        return answer.StatusCode;
    }
}
