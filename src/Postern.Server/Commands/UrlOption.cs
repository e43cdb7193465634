using System.CommandLine;

namespace Postern.Server.Commands;

/// <summary>An option that is an http or https URL.</summary>
internal static class UrlOption
{
    /// <summary>Where the admin port is unless configured otherwise.</summary>
    public static readonly Uri DefaultAdmin = new("http://127.0.0.1:8081");

    public static Option<Uri?> Admin() => Create("--admin", $"The admin port. Default: {DefaultAdmin}");

    public static Option<Uri?> Create(string name, string description) => new(name)
    {
        HelpName = "URL",
        Description = description,
        CustomParser = argument =>
        {
            if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return address;
            }

            argument.AddError($"{name}: '{argument.Tokens[0].Value}' is not an http or https URL.");
            return null;
        },
    };
}
