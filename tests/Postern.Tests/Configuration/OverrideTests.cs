using Postern.Configuration;

namespace Postern.Tests.Configuration;

public sealed class OverrideTests
{
    [Theory]
    [InlineData("POSTERN__APIS__SHOP__UPSTREAM")]
    [InlineData("postern__apis__shop__upstream")]
    [InlineData("POSTERN__APIS__SHOP__UPSTREAM__0")]
    public void A_variable_overrides_the_file_whatever_its_case(string name) =>
        Assert.Equal(["http://b.example"], Loading.Accepted(Loading.Load(Loading.Good, (name, "http://b.example"))).Apis["shop"].Upstream);

    [Fact]
    public void Lists_are_overridden_by_index()
    {
        var configuration = Loading.Accepted(Loading.Load(
            Loading.Good + "\negress: { allow: [10.0.0.0/8, 10.1.0.0/16] }",
            ("POSTERN__EGRESS__ALLOW__2", "10.3.0.0/16"), ("POSTERN__EGRESS__ALLOW__1", "10.2.0.0/16"), ("POSTERN__CALLBACKS__RETRY__SCHEDULE__0", "0s"),
            ("POSTERN__CALLBACKS__RETRY__SCHEDULE__1", "1s")));
        Assert.Equal(["10.0.0.0/8", "10.2.0.0/16", "10.3.0.0/16"], configuration.Egress.Allow);
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(1)], configuration.Callbacks.Retry.Schedule!);
    }

    [Fact]
    public void Variables_alone_make_an_API_and_a_consumer()
    {
        var configuration = Loading.Accepted(Loading.Source(
            null,
            null,
            ("POSTERN__APIS__SHOP__UPSTREAM", "http://a.example"), ("POSTERN__GATEWAY__MAXEVENTBYTES", "2KiB"),
            ("POSTERN__CONSUMERS__ACME__CREDENTIALS__0__TYPE", "api-key"), ("POSTERN__CONSUMERS__ACME__CREDENTIALS__0__KEY", "$env:K"), ("K", "key")).Load());
        Assert.Equal("shop", Assert.Single(configuration.Apis).Key);
        Assert.Equal(2048, configuration.Gateway.MaxEventBytes);
        Assert.Equal(new CredentialConfiguration.ApiKey("key"), Assert.Single(configuration.Consumers["acme"].Credentials));
    }

    [Theory]
    [InlineData("POSTERN__STOER", "x", "stoer", "Did you mean 'store'?")]
    [InlineData("POSTERN__STORE", "", "store", "is empty")]
    [InlineData("POSTERN__CALLBACKS__TIMEOUT", "soon", "callbacks.timeout", "not a duration")]
    [InlineData("POSTERN__EGRESS__ALLOW__1", "10.0.0.0/8", "egress.allow.1", "leaves a gap")]
    [InlineData("POSTERN__GATEWAY____LISTEN", "x", "(environment)", "names no key")]
    [InlineData("POSTERN__GATEWAY", "x", "gateway", "must be a mapping")]
    [InlineData("POSTERN__GATEWAY__LISTEN", "http://0.0.0.0:8080", "gateway.listen", "no consumers")]
    public void A_mistake_in_a_variable_names_the_variable(string name, string value, string path, string message)
    {
        var error = Loading.Only(Loading.Load(Loading.Good, (name, value)));
        Assert.Equal((path, (int?)null, $"environment variable {name}"), (error.Path, error.Line, error.Origin));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void The_command_line_overrides_the_environment_which_overrides_the_file()
    {
        var configuration = Loading.Accepted(Loading.Load(
            Loading.Good + "\nstore: sqlite:file.db\negress: { allow: 10.0.0.0/8 }",
            new CommandLineOverrides { Upstream = "http://c.example", Data = "/var/lib/postern", EgressAllow = ["127.0.0.0/8", "::1"] },
            ("POSTERN__STORE", "sqlite:variable.db"), ("POSTERN__APIS__SHOP__UPSTREAM", "http://b.example")));
        Assert.Equal(["http://c.example"], configuration.Apis["shop"].Upstream);
        Assert.Equal("sqlite:/var/lib/postern/postern.db", configuration.Store);
        Assert.Equal(["10.0.0.0/8", "127.0.0.0/8", "::1/128"], configuration.Egress.Allow);
    }

    [Fact]
    public void An_upstream_without_a_file_is_one_API_with_every_resource()
    {
        var (name, api) = Assert.Single(Loading.Accepted(Loading.Source(null, new() { Upstream = "http://a.example" }).Load()).Apis);
        Assert.Equal(("api", "/", null), (name, api.Path, api.Resources));
        Assert.Equal(["http://a.example"], api.Upstream);
    }

    [Fact]
    public void An_upstream_for_a_file_of_several_APIs_is_refused() =>
        Assert.Equal("command line", Loading.Only(Loading.Load(
            "apis: { a: { upstream: http://a.example }, b: { upstream: http://b.example, path: /b } }", new CommandLineOverrides { Upstream = "http://c.example" })).Origin);

    [Fact]
    public void A_mistake_on_the_command_line_says_so()
    {
        var error = Loading.Only(Loading.Load(Loading.Good, new CommandLineOverrides { EgressAllow = ["everything"] }));
        Assert.Equal(("egress.allow[0]", "command line"), (error.Path, error.Origin));
    }
}
