using System.Text.Json.Nodes;

namespace Postern.Samples.Shop;

/// <summary>A small shop behind a plain REST API. It keeps everything in memory and knows nothing of webhooks.</summary>
public static class ShopApi
{
    // Payloads of other systems are posted here too, and they are larger than a shop's own.
    private const long MaxBodyBytes = 16 * 1024 * 1024;

    /// <summary>What the shop has: five things that programs poll a REST API for.</summary>
    public static IReadOnlyList<string> Collections { get; } = ["orders", "customers", "exchange-rates", "posts", "tasks"];

    /// <summary>The shop, ready to start, listening on <paramref name="url"/> only.</summary>
    public static WebApplication Build(string url)
    {
        // An empty builder: no file, environment variable or command line of the hosting program reaches the shop.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBodyBytes);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRoutingCore();

        var shop = builder.Build();
        shop.UseRouting();
        shop.MapGet("/", () => Results.Ok(new { name = "Shop", collections = Collections.Select(name => "/" + name) }));
        foreach (var name in Collections)
        {
            shop.MapCollection("/" + name, SeedOf(name));
        }

        return shop;
    }

    private static Collection SeedOf(string name) => name switch
    {
        // The next order is 42.
        "orders" => new Collection(42, new JsonObject { ["id"] = 41, ["item"] = "Ceylon tea", ["quantity"] = 2, ["status"] = "paid" }),
        "customers" => new Collection(8, new JsonObject { ["id"] = 7, ["name"] = "Ada", ["city"] = "London" }),
        "exchange-rates" => new Collection(1, new JsonObject { ["id"] = "EUR-USD", ["rate"] = 1.0842 }),
        "posts" => new Collection(2, new JsonObject { ["id"] = 1, ["title"] = "We are open", ["published"] = true }),
        _ => new Collection(1),
    };
}
