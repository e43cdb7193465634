using System.Globalization;
using Postern.Server.Commands;
using YamlDotNet.RepresentationModel;

namespace Postern.Tests.Deployment;

public sealed class ComposeTests
{
    private static readonly YamlMappingNode Document = Read();

    private static YamlMappingNode Service => (YamlMappingNode)Document["services"]["postern"];

    [Fact]
    public void The_image_and_its_user_are_those_of_the_project()
    {
        Assert.Equal(ServerProject.Image, Text("image"));
        Assert.Equal(ServerProject.User, long.Parse(Text("user"), CultureInfo.InvariantCulture));
    }

    [Fact]
    public void The_container_is_killed_only_after_the_program_has_had_its_time() => Drain.AssertFits(Seconds("stop_grace_period"), "stop_grace_period");

    [Fact]
    public void Both_ports_are_published_to_this_machine_alone() =>
        Assert.Equal(ServerProject.Ports.Select(port => $"127.0.0.1:{port}:{port}"), Texts("ports"));

    [Fact]
    public void Its_health_is_a_command_of_the_program_that_ends_before_it_is_given_up()
    {
        var check = (YamlMappingNode)Service["healthcheck"];
        var test = ((YamlSequenceNode)check["test"]).Select(node => node.ToString()).ToArray();

        Assert.Equal(["CMD", ServerProject.Program, HealthCommand.Create().Name], test);
        Assert.True(double.Parse(check["timeout"].ToString().TrimEnd('s'), CultureInfo.InvariantCulture) > HealthCommand.Patience.TotalSeconds);
    }

    [Fact]
    public void Nothing_but_the_store_and_its_backups_can_be_written_and_nothing_gained()
    {
        Assert.Equal("true", Text("read_only"));
        Assert.Equal(["ALL"], Texts("cap_drop"));
        Assert.Equal(["no-new-privileges:true"], Texts("security_opt"));
        Assert.Equal(["data:/app/data", "./backups:/backups"], Texts("volumes").Where(volume => !volume.EndsWith(":ro", StringComparison.Ordinal)));
        Assert.Equal(["data"], ((YamlMappingNode)Document["volumes"]).Children.Keys.Select(name => name.ToString()));
    }

    [Fact]
    public void Every_secret_of_the_service_comes_from_a_file_that_is_not_committed()
    {
        var files = ((YamlMappingNode)Document["secrets"]).Children.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value["file"].ToString());

        Assert.Equal(Texts("secrets").Order(), files.Keys.Order());
        Assert.All(files, secret => Assert.Equal($"./secrets/{secret.Key}", secret.Value));
        Assert.Contains("deploy/secrets/", File.ReadAllLines(Repository.File(".gitignore")));
    }

    private static string Text(string key) => Service[key].ToString();

    private static IEnumerable<string> Texts(string key) => ((YamlSequenceNode)Service[key]).Select(node => node.ToString());

    private static double Seconds(string key) => double.Parse(Text(key).TrimEnd('s'), CultureInfo.InvariantCulture);

    private static YamlMappingNode Read()
    {
        var yaml = new YamlStream();
        using var text = new StreamReader(Repository.File("deploy/compose.yaml"));
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }
}
