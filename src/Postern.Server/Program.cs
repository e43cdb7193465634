using Postern.Configuration;
using Postern.Monitoring;
using Postern.Server.Commands;

// One line per command.
return await CommandLine.RunAsync(
    args,
    [
        RunCommand.Create(HostAsync),
        CheckCommand.Create(),
    ],
    Console.Out,
    Console.Error);

static async Task<int> HostAsync(LoadedConfiguration loaded, CancellationToken cancellation)
{
    var builder = Host.CreateApplicationBuilder();
    builder.Services.AddSingleton(TimeProvider.System).AddSingleton<PosternMeter>().AddConfiguration(loaded);
    using var host = builder.Build();
    await host.RunAsync(cancellation);
    return CommandLine.Done;
}
