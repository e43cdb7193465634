using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Configuration;
using Postern.Monitoring;

namespace Postern.Tests.Configuration;

/// <summary>A watcher at work on a file of its own.</summary>
internal sealed class Watching : IAsyncDisposable, ILoggerProvider, ILogger
{
    private readonly ServiceProvider services;
    private readonly MeterListener meters = new();

    private Watching(ConfigurationSource source, TimeProvider time)
    {
        var result = source.Load();
        var loaded = new LoadedConfiguration(Loading.Accepted(result), source, result.Files);
        services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(this)).AddMetrics().AddSingleton<PosternMeter>().AddSingleton(time)
            .AddConfiguration(loaded).BuildServiceProvider();
        Live = services.GetRequiredService<LiveConfiguration>();
        var counter = services.GetRequiredService<PosternMeter>().ConfigurationReloads;
        meters.SetMeasurementEventCallback<long>((_, count, tags, _) => Reloads.AddOrUpdate((string)tags[0].Value!, count, (_, sum) => sum + count));
        meters.EnableMeasurementEvents(counter);
    }

    public LiveConfiguration Live { get; }

    public ConcurrentDictionary<string, long> Reloads { get; } = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public static async Task<Watching> StartAsync(ConfigurationSource source, TimeProvider? time = null, Action? beforeStart = null)
    {
        var watching = new Watching(source, time ?? TimeProvider.System);
        beforeStart?.Invoke();
        foreach (var service in watching.services.GetServices<IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }

        return watching;
    }

    /// <summary>Waits until something holds; <paramref name="meanwhile"/> is done again and again.</summary>
    public static async Task UntilAsync(Func<bool> holds, Action? meanwhile = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            meanwhile?.Invoke();
            await Task.Delay(10, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None);
        }

        meters.Dispose();
        await services.DisposeAsync();
    }

    public void Dispose()
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue(formatter(state, exception));
}
