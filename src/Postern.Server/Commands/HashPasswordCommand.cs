using System.CommandLine;
using Postern.Model.Access;

namespace Postern.Server.Commands;

/// <summary><c>postern hash-password</c>: what the configuration keeps in place of a password. The password is never an argument: those are shown to every user of the machine.</summary>
internal static class HashPasswordCommand
{
    public static Command Create(TextReader input)
    {
        var command = new Command("hash-password", "Reads a password from standard input and prints its hash, for the key `hash` of a basic credential.");
        command.SetAction(parsed =>
        {
            var password = input.ReadLine();
            if (string.IsNullOrWhiteSpace(password) || password.Any(char.IsControl))
            {
                parsed.InvocationConfiguration.Error.WriteLine("Give the password as one line on standard input: printf %s \"$PASSWORD\" | postern hash-password");
                return CommandLine.Fault;
            }

            parsed.InvocationConfiguration.Output.WriteLine(PasswordHash.Create(password));
            return CommandLine.Done;
        });
        return command;
    }
}
