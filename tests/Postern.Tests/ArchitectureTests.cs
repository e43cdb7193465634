using System.Text.RegularExpressions;

namespace Postern.Tests;

/// <summary>The rooms of the house: who may name whom.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] Roles = ["Gateway", "Subscriptions", "Listener", "Callbacks", "Repair", "Retention"];
    private static readonly string[] Shared = ["Configuration", "Egress", "Monitoring", "Operations", "Leading"];

    public static TheoryData<string, string[]> Rooms()
    {
        var rooms = new TheoryData<string, string[]>
        {
            { "Model", [] },
            { "Ports", ["Model"] },
            { "Faults", [] },
        };
        foreach (var shared in Shared)
        {
            rooms.Add(shared, ["Model", "Ports", "Faults", .. Shared]);
        }

        foreach (var role in Roles)
        {
            rooms.Add(role, [role, "Model", "Ports", "Faults", .. Shared]);
        }

        return rooms;
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_names_only_the_rooms_below_it(string room, string[] allowed)
    {
        var folder = Repository.File($"src/Postern/{room}");
        var files = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        var wrong = files
            .SelectMany(file => RoomName().Matches(File.ReadAllText(file)).Select(match => (File: Path.GetFileName(file), Room: match.Groups[1].Value)))
            .Where(name => name.Room != room && !allowed.Contains(name.Room));
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_library_names_no_driver()
    {
        var files = Directory.GetFiles(Repository.File("src/Postern"), "*.cs", SearchOption.AllDirectories);
        Assert.DoesNotContain(files, static file => File.ReadAllText(file) is var text
            && (text.Contains("Postern.Storage", StringComparison.Ordinal) || text.Contains("Postern.RabbitMq", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\bPostern\.(Model|Ports|Faults|Operations|Configuration|Gateway|Subscriptions|Listener|Callbacks|Repair|Retention|Egress|Monitoring|Leading|Hosting)\b")]
    private static partial Regex RoomName();
}
