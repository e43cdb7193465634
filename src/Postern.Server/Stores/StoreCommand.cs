using System.CommandLine;

namespace Postern.Server.Stores;

/// <summary><c>postern store</c>: what is done to a store from outside of the node that runs on it.</summary>
internal static class StoreCommand
{
    public static Command Create(params IReadOnlyList<Command> commands)
    {
        var store = new Command("store", "Looks after the store.");
        foreach (var command in commands)
        {
            store.Subcommands.Add(command);
        }

        return store;
    }
}
