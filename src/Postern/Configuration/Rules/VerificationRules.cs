using Postern.Configuration.Reading;
using Postern.Model;

namespace Postern.Configuration.Rules;

/// <summary>What verification needs.</summary>
internal static class VerificationRules
{
    public static void Check(PosternConfiguration configuration, Reader reader)
    {
        if (configuration.Verification.Origin is not null || reader.HasErrorBelow("verification.origin"))
        {
            return;
        }

        if (configuration.Verification.Default == Verification.Handshake)
        {
            Report("verification.default");
        }

        foreach (var (name, _) in configuration.Apis.Where(static api => api.Value.Verify == Verification.Handshake))
        {
            Report(KeyPath.Key(KeyPath.Key("apis", name), "verify"));
        }

        void Report(string path) =>
            reader.Report(path, "handshake needs a name that receivers consent to: set verification.origin, such as gateway.example.com.");
    }
}
