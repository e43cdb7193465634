using Postern.Samples.Receiver;
using Postern.Samples.Shop;

namespace Postern.Server.Demo;

/// <summary>Everybody in the story: the shop, the receiver, and the gateway between them, on a data directory of their own.</summary>
internal sealed class DemoHouse : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> started = [];
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("postern-demo-");

    private DemoHouse(DemoPlaces places) => Places = places;

    public DemoPlaces Places { get; }

    public Inbox Inbox { get; } = new();

    public string DataDirectory => data.FullName;

    public static async Task<DemoHouse> StartAsync(StartGateway startGateway, TimeProvider time, CancellationToken cancellation)
    {
        var house = new DemoHouse(DemoPlaces.Find());
        try
        {
            await house.StartAsync(ShopApi.Build(house.Places.Shop), cancellation);
            await house.StartAsync(ReceiverApi.Build(house.Places.Receiver, house.Inbox, time), cancellation);
            house.started.Push(await startGateway(DemoConfiguration.Create(house.Places, house.DataDirectory), cancellation));
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    /// <summary>Last in, first out: the gateway finds the receiver and the shop alive while it stops.</summary>
    public async ValueTask DisposeAsync()
    {
        while (started.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        data.Delete(recursive: true);
    }

    private async Task StartAsync(WebApplication application, CancellationToken cancellation)
    {
        started.Push(application);
        await application.StartAsync(cancellation);
    }
}
