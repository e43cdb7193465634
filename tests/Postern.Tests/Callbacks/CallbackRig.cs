using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Postern.Callbacks;
using Postern.Configuration;
using Postern.Egress;
using Postern.Model;
using Postern.Monitoring;
using Postern.Ports;

namespace Postern.Tests.Callbacks;

/// <summary>The callbacks role as it is composed, on a store in memory where none is given.</summary>
internal sealed class CallbackRig : IAsyncDisposable
{
    public static readonly byte[] Secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    private static readonly SecretProtector Protector = new(new byte[SecretProtector.KeyBytes]);

    private readonly ServiceProvider services;

    public CallbackRig(CallbacksConfiguration? callbacks = null, IReadOnlyList<string>? allow = null, Action<IServiceCollection>? change = null, IStore? store = null)
    {
        Live = new LiveConfiguration(new PosternConfiguration
        {
            Egress = new EgressConfiguration { Allow = allow ?? ["127.0.0.0/8"] },
            Callbacks = callbacks ?? new CallbacksConfiguration(),
        });
        Store = new MemoryStore(TimeProvider.System);
        var collection = new ServiceCollection();
        collection.AddLogging().AddMetrics()
            .AddSingleton(Protector).AddSingleton(Live).AddSingleton(TimeProvider.System).AddSingleton(store ?? Store)
            .AddSingleton<IHub, EmbeddedHub>().AddSingleton<PosternMeter>().AddSingleton<EndpointBoard>()
            .AddEgress().AddCallbacks();
        change?.Invoke(collection);
        services = collection.BuildServiceProvider();
    }

    public LiveConfiguration Live { get; }

    public MemoryStore Store { get; }

    public EndpointBoard Board => services.GetRequiredService<EndpointBoard>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public Task StartAsync() => services.GetRequiredService<IHostedService>().StartAsync(TestContext.Current.CancellationToken);

    public Task StopAsync() => services.GetRequiredService<IHostedService>().StopAsync(TestContext.Current.CancellationToken);

    public Subscription Subscribe(string callback, CallbackMode mode = CallbackMode.Binary, SubscriptionState state = SubscriptionState.Active) =>
        Store.Add(Describe(callback, mode, state));

    public static Subscription Describe(string callback, CallbackMode mode = CallbackMode.Binary, SubscriptionState state = SubscriptionState.Active)
    {
        var id = SubscriptionId.Create();
        return new Subscription
        {
            Id = id, Consumer = "acme", Resource = "/orders", Callback = callback, Mode = mode, State = state,
            Created = DateTimeOffset.UnixEpoch, Secrets = [Protector.Seal(id, Secret, null)],
        };
    }

    public Event AddEvent(string data = """{"id":42}""") => Store.Add(Content(data));

    public static EventContent Content(string data = """{"id":42}""") => new()
    {
        Source = "/orders", Type = "orders.created", Subject = "42", Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        DataContentType = "application/json", Data = Encoding.UTF8.GetBytes(data),
    };

    public ValueTask<bool> PublishAsync(params IReadOnlyList<DueCallback> callbacks) =>
        services.GetRequiredService<IHub>().PublishAsync(callbacks, TestContext.Current.CancellationToken);

    /// <summary>Owes a new event to a subscription and hands it to the hub.</summary>
    public async Task<DueCallback> CallAsync(Subscription subscription, int attempts = 0)
    {
        var callback = Store.Owe(AddEvent(), subscription, attempts);
        await PublishAsync(callback);
        return callback;
    }

    /// <summary>The results of the attempts and decisions so far, once there are as many.</summary>
    public async Task<IReadOnlyList<CallbackResult>> ResultsAsync(int count)
    {
        await Until.TrueAsync(() => Store.Results.Count >= count);
        return [.. Store.Results];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await services.DisposeAsync();
    }
}
