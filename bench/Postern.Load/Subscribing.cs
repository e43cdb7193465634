using System.Net.Http.Json;

namespace Postern.Load;

/// <summary>Subscribes at the gateway as any consumer would.</summary>
internal static class Subscribing
{
    public static async Task AtAsync(int gateway, IEnumerable<string> callbacks, string resource = "/orders")
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gateway}") };
        foreach (var batch in callbacks.Chunk(32))
        {
            await Task.WhenAll(batch.Select(async callback =>
            {
                using var response = await client.PostAsJsonAsync($"{resource}/subscribe", new { callback });
                if (!response.IsSuccessStatusCode)
                {
                    throw new InvalidOperationException($"Subscribing {callback} was answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
                }
            }));
        }
    }
}
