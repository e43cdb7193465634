using Postern.Server.Commands;
using Postern.Server.CrashTest;
using Postern.Server.Demo;
using Postern.Server.Replay;

// One line per command.
return await CommandLine.RunAsync(
    args,
    [
        RunCommand.Create(Node.RunAsync),
        CheckCommand.Create(),
        HashPasswordCommand.Create(Console.In),
        ApiKeyCommand.Create(),
        ReplayCommand.Create(),
        DemoCommand.Create(Node.StartQuietlyAsync),
        CrashTestCommand.Create(CrashTestRun.RunAsync),
    ],
    Console.Out,
    Console.Error);
