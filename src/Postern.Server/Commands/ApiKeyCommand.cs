using System.CommandLine;
using Postern.Model.Access;

namespace Postern.Server.Commands;

/// <summary><c>postern api-key</c>: makes a key. It is kept nowhere: the configuration gets its digest, the consumer the key.</summary>
internal static class ApiKeyCommand
{
    public static Command Create()
    {
        var command = new Command("api-key", "Makes an API key and prints it with the credential that the configuration keeps in its place.");
        command.SetAction(static parsed =>
        {
            var key = ApiKeyText.Create();
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"key:        {key}");
            output.WriteLine($"credential: {{ type: api-key, id: {ApiKeyText.IdOf(key)}, digest: {ApiKeyText.Digest(key)} }}");
            return CommandLine.Done;
        });
        return command;
    }
}
