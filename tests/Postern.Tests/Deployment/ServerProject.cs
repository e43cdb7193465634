using System.Xml.Linq;

namespace Postern.Tests.Deployment;

/// <summary>What the project file says of the container image. That the SDK makes one of it is seen end to end.</summary>
internal static class ServerProject
{
    private static readonly XDocument Project = XDocument.Load(Repository.File("src/Postern.Server/Postern.Server.csproj"));

    private static readonly string Version = XDocument.Load(Repository.File("Directory.Build.props")).Descendants("Version").Single().Value;

    public static string Image => $"{Property("ContainerRepository")}:{Property("ContainerImageTag").Replace("$(Version)", Version, StringComparison.Ordinal)}";

    public static long User => long.Parse(Property("ContainerUser"), System.Globalization.CultureInfo.InvariantCulture);

    public static IReadOnlyList<int> Ports => [.. Items("ContainerPort").Select(int.Parse)];

    public static string Program => Items("ContainerAppCommand").Single();

    public static IReadOnlyList<string> Arguments => Items("ContainerDefaultArgs").Single().Split(';');

    private static string Property(string name) => Project.Descendants(name).Single().Value;

    private static IEnumerable<string> Items(string name) => Project.Descendants(name).Select(item => item.Attribute("Include")!.Value);
}
