using Postern.Samples.Shop;

// An ordinary REST API. Start it, put the gateway in front of it, and it has webhooks:
//   dotnet run --project samples/Shop
//   dotnet run --project src/Postern.Server -- run --upstream http://127.0.0.1:5080 --egress-allow 127.0.0.0/8
var url = args is [var first, ..] ? first : "http://127.0.0.1:5080";
await using var shop = ShopApi.Build(url);
Console.WriteLine($"The shop is open at {url}: {string.Join(", ", ShopApi.Collections.Select(name => "/" + name))}");
await shop.RunAsync();
return 0;
