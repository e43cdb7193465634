using System.Net;
using System.Net.Sockets;
using Postern.Configuration;
using Postern.Model.Access;
using Postern.Server.Commands;

namespace Postern.Tests.Configuration;

/// <summary>The commands as the program runs them, in process.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private LoadedConfiguration? hosted;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_what_to_do_and_exits_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, FreePort.Next());
        taken.Start();
        var message = await StartFaultAsync($"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}");

        Assert.Contains("address already in use", message);
        Assert.Contains("give gateway.listen or admin.listen another port", message);
        Assert.DoesNotContain("   at ", message);
    }

    [Fact]
    public async Task An_address_of_another_host_is_told_with_what_to_do_and_exits_1()
    {
        var message = await StartFaultAsync($"http://192.0.2.1:{FreePort.Next()}");

        Assert.Contains("Cannot listen on http://192.0.2.1", message);
        Assert.DoesNotContain("   at ", message);
    }

    [Fact]
    public void A_hashed_password_is_the_one_that_was_given_and_an_empty_one_is_refused()
    {
        Assert.Equal(0, Run(HashPasswordCommand.Create(new StringReader("s3cret p\u00e4ss\n"))));
        Assert.True(PasswordHash.TryParse(output.ToString().Trim(), out var hash, out _));
        Assert.True(hash.Verify("s3cret p\u00e4ss"u8.ToArray()));
        Assert.False(hash.Verify("s3cret pass"u8.ToArray()));
        Assert.Equal(1, Run(HashPasswordCommand.Create(new StringReader("\n"))));
    }

    [Fact]
    public void A_made_key_fits_the_credential_that_is_printed_beside_it()
    {
        Assert.Equal(0, Run(ApiKeyCommand.Create()));
        var lines = output.ToString().Split('\n');
        var (key, credential) = (lines[0]["key:".Length..].Trim(), lines[1]["credential:".Length..].Trim());

        var configuration = Loading.Accepted(Loading.Load($"{Loading.Good}\nconsumers: {{ a: {{ credentials: [{credential}] }} }}"));

        var kept = Assert.IsType<CredentialConfiguration.ApiKey>(Assert.Single(configuration.Consumers["a"].Credentials));
        Assert.Equal(ApiKeyText.Digest(key), kept.Digest);
        Assert.Equal(ApiKeyText.IdOf(key), kept.Id);
    }

    private int Run(System.CommandLine.Command command) =>
        command.Parse([]).Invoke(new System.CommandLine.InvocationConfiguration { Output = output, Error = error });

    [Fact]
    public async Task Check_prints_every_error_with_its_place_and_the_count_and_exits_1()
    {
        var path = folder.Write("postern.yaml", "store: mysql:x\n" + Loading.Good + "\ngatway: {}\n");
        Assert.Equal(1, await RunAsync("check", "--config", path));
        var lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.StartsWith($"{path}:1: store: 'mysql:x' is not a store", lines[0]);
        Assert.StartsWith($"{path}:5: gatway: 'gatway' is not a known key", lines[1]);
        Assert.Equal(["2 errors."], lines[2..]);
    }

    [Fact]
    public async Task Check_of_a_good_file_prints_what_would_run_and_no_secret()
    {
        folder.Write("secret", "hush");
        var path = folder.Write(
            "postern.yaml",
            Loading.Good + "\n    resources: { /orders: {}, /customers: { events: { customers.new: POST } } }\nadmin: { token: $file:secret }\n"
            + "consumers: { acme: { credentials: [{ type: basic, username: acme, password: $file:secret }] } }");
        Assert.Equal(0, await RunAsync("check", "-c", path));
        foreach (var part in (string[])["http://127.0.0.1:8080", "http://127.0.0.1:8081 (token)", "sqlite:data/postern.db", "/ -> http://127.0.0.1:5080", "/orders", "customers.new (POST)", "acme"])
        {
            Assert.Contains(part, output.ToString());
        }

        Assert.DoesNotContain("hush", output.ToString());
    }

    [Fact]
    public async Task Run_hosts_what_file_and_options_say()
    {
        var path = folder.Write("postern.yaml", Loading.Good);
        Assert.Equal(7, await RunAsync("run", "--config", path, "--data", folder.Root, "--egress-allow", "127.0.0.0/8", "--egress-allow", "10.0.0.0/8"));
        Assert.Equal($"sqlite:{folder.Of("postern.db")}", hosted!.Configuration.Store);
        Assert.Equal(["127.0.0.0/8", "10.0.0.0/8"], hosted.Configuration.Egress.Allow);
        Assert.Equal(path, hosted.Source.Path);
        Assert.Equal([path], hosted.Files.Select(file => file.Path));
    }

    [Fact]
    public async Task Run_with_an_upstream_and_no_file_hosts_one_API()
    {
        Assert.Equal(7, await RunAsync("run", "--upstream", "http://127.0.0.1:5080"));
        Assert.Equal("api", Assert.Single(hosted!.Configuration.Apis).Key);
        Assert.Empty(hosted.Files);
    }

    [Fact]
    public async Task Run_with_mistakes_hosts_nothing_and_prints_them_as_errors()
    {
        Assert.Equal(1, await RunAsync("run", "--upstream", "nowhere"));
        Assert.Null(hosted);
        Assert.StartsWith("command line: apis.api.upstream: 'nowhere' is not the address of an API", error.ToString());
    }

    [Fact]
    public async Task Run_with_neither_file_nor_upstream_says_what_to_do()
    {
        Assert.False(File.Exists(ConfigurationFile.DefaultName));
        Assert.Equal(1, await RunAsync("run"));
        Assert.Contains("--config FILE", error.ToString());
        Assert.Contains("--upstream URL", error.ToString());
    }

    [Theory]
    [InlineData]
    [InlineData("rnu")]
    [InlineData("run", "--confg", "x")]
    [InlineData("run", "--config")]
    [InlineData("check", "extra")]
    public async Task A_wrong_command_line_exits_2(params string[] args)
    {
        Assert.Equal(2, await RunAsync(args));
        Assert.NotEmpty(error.ToString());
    }

    [Fact]
    public async Task Help_says_that_callbacks_to_this_host_need_to_be_allowed()
    {
        Assert.Equal(0, await RunAsync("run", "--help"));
        Assert.Contains("postern run", output.ToString());
        Assert.Contains("--egress-allow 127.0.0.0/8", output.ToString());
    }

    private async Task<string> StartFaultAsync(string listen)
    {
        var configuration = new PosternConfiguration
        {
            Gateway = new GatewayConfiguration { Listen = listen },
            Admin = new AdminConfiguration { Listen = $"http://127.0.0.1:{FreePort.Next()}" },
            Store = "sqlite:" + folder.Of("postern.db"),
        };
        var source = new ConfigurationSource { Environment = new Dictionary<string, string>() };
        var exit = await Node.RunAsync(new LoadedConfiguration(configuration, source, []), error, TestContext.Current.CancellationToken);

        Assert.Equal(1, exit);
        return error.ToString();
    }

    private Task<int> RunAsync(params string[] args)
    {
        var run = RunCommand.Create((loaded, _) =>
        {
            hosted = loaded;
            return Task.FromResult(7);
        });
        return CommandLine.RunAsync(args, [run, CheckCommand.Create()], output, error);
    }
}
