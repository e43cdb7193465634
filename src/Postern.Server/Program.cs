using Postern.Server.Commands;
using Postern.Server.CrashTest;
using Postern.Server.Demo;
using Postern.Server.Replay;
using Postern.Server.Stores;

// One line per command.
return await CommandLine.RunAsync(
    args,
    [
        RunCommand.Create(Node.RunAsync),
        CheckCommand.Create(),
        HealthCommand.Create(),
        HashPasswordCommand.Create(Console.In),
        ApiKeyCommand.Create(),
        ReplayCommand.Create(),
        StoreCommand.Create(BackupCommand.Create(TimeProvider.System)),
        DemoCommand.Create(Node.StartQuietlyAsync),
        CrashTestCommand.Create(CrashTestRun.RunAsync),
    ],
    Console.Out,
    Console.Error);
