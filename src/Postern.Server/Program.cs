using Postern.Server.Commands;
using Postern.Server.Demo;

// One line per command.
return await CommandLine.RunAsync(
    args,
    [
        RunCommand.Create(Node.RunAsync),
        CheckCommand.Create(),
        DemoCommand.Create(Node.StartQuietlyAsync),
    ],
    Console.Out,
    Console.Error);
