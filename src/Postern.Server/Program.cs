using Postern.Server.Commands;

// One line per command.
return await CommandLine.RunAsync(
    args,
    [
        RunCommand.Create(Node.RunAsync),
        CheckCommand.Create(),
    ],
    Console.Out,
    Console.Error);
