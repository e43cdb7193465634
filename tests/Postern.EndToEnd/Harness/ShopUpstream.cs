using Microsoft.AspNetCore.Builder;
using Postern.Samples.Shop;

namespace Postern.EndToEnd.Harness;

/// <summary>The sample shop in this process, behind the gateway.</summary>
internal sealed class ShopUpstream : IAsyncDisposable
{
    private readonly WebApplication shop;

    private ShopUpstream(WebApplication shop, string url)
    {
        this.shop = shop;
        Url = url;
    }

    public string Url { get; }

    public static async Task<ShopUpstream> StartAsync()
    {
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var upstream = new ShopUpstream(ShopApi.Build(url), url);
        await upstream.shop.StartAsync();
        return upstream;
    }

    public ValueTask DisposeAsync() => shop.DisposeAsync();
}
