using Postern.Configuration.Reading;
using Postern.Configuration.Values;

namespace Postern.Configuration.Rules;

/// <summary>What the addresses mean together.</summary>
internal static class AddressRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        var (gateway, admin) = (configuration.Gateway.Listen, configuration.Admin.Listen);
        if (!Addresses.IsLoopback(admin) && configuration.Admin is { Token: null, ClientCertificates.Mode: ClientCertificateMode.None }
            && !reader.HasErrorBelow("admin.token") && !reader.HasErrorBelow("admin.clientCertificates"))
        {
            reader.Report(
                "admin.listen",
                $"'{admin}' can be reached from outside: set admin.token, such as $env:POSTERN_ADMIN_TOKEN, or admin.clientCertificates, or listen on 127.0.0.1.");
        }

        if (!Addresses.IsLoopback(gateway) && configuration.Consumers.Count == 0 && !reader.HasErrorBelow("consumers"))
        {
            reader.Report(
                "gateway.listen",
                $"'{gateway}' can be reached from outside and there are no consumers: add consumers, or listen on 127.0.0.1.");
        }

        if (Addresses.Collide(gateway, admin))
        {
            // At the one that was said: the other may be a default.
            var (path, address, other) = reader.PlaceOf("admin.listen") is null
                ? ("gateway.listen", gateway, $"admin.listen ('{admin}')")
                : ("admin.listen", admin, $"gateway.listen ('{gateway}')");
            reader.Report(path, $"'{address}' takes the port of {other}: give it another port.");
        }

        foreach (var (name, api) in configuration.Apis)
        {
            RefuseItself(api.Upstream, KeyPath.Key(KeyPath.Key("apis", name), "upstream"), "the API behind it");
        }

        if (!configuration.Does(Role.Subscriptions))
        {
            RefuseItself(configuration.Gateway.Subscriptions, "gateway.subscriptions", "a process with the role subscriptions");
        }

        void RefuseItself(IReadOnlyList<string> upstreams, string path, string other)
        {
            foreach (var upstream in upstreams.Where(upstream => Addresses.Reaches(upstream, gateway) || Addresses.Reaches(upstream, admin)))
            {
                reader.Report(path, $"'{upstream}' is this gateway itself: give the address of {other}.");
            }
        }
    }
}
