using k8s.Models;
using Postern.Configuration;
using Postern.Tests.Storage;

namespace Postern.Tests.Deployment;

public sealed class DeployedConfigurationTests : IDisposable
{
    private const string KubernetesSecrets = "/run/secrets/postern";
    private const string ComposeSecrets = "/run/secrets";
    private const string Key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_one_for_Kubernetes_is_right_and_finds_every_secret_in_the_example()
    {
        var configuration = Assert.Contains("postern.yaml", Manifests.Only<V1ConfigMap>().Data);
        var mounts = Manifests.Container.VolumeMounts.ToDictionary(mount => mount.Name, mount => mount.MountPath);
        Assert.Equal(KubernetesSecrets, mounts[Manifests.Pod.Volumes.Single(volume => volume.Secret?.SecretName == "postern").Name]);
        Assert.Equal("/etc/postern", mounts[Manifests.Pod.Volumes.Single(volume => volume.ConfigMap?.Name == "postern").Name]);

        var loaded = Load(configuration, KubernetesSecrets, Manifests.Only<V1Secret>().StringData);

        AssertReachable(loaded);
        Assert.Equal("sqlite:/app/data/postern.db", loaded.Store);
    }

    [Fact]
    public void The_one_for_compose_is_right_and_finds_every_secret()
    {
        var configuration = File.ReadAllText(Repository.File("deploy/configuration/postern.yaml"));
        var secrets = new Dictionary<string, string> { ["admin-token"] = new('0', 64), ["encryption-key"] = Key, ["acme-key"] = Key };

        var loaded = Load(configuration, ComposeSecrets, secrets);

        AssertReachable(loaded);
        Assert.Equal("sqlite:/app/data/postern.db", loaded.Store);
    }

    [Fact]
    public void The_one_for_systemd_is_right_and_listens_on_this_machine_alone()
    {
        var loaded = Load(
            File.ReadAllText(Repository.File("deploy/systemd/postern.yaml")), "/nowhere", new Dictionary<string, string>(),
            new Dictionary<string, string> { ["POSTERN_KEY"] = Key, ["ACME_KEY"] = Key });

        Assert.Equal("http://127.0.0.1:8080", loaded.Gateway.Listen);
        Assert.Equal("http://127.0.0.1:8081", loaded.Admin.Listen);
    }

    /// <summary>From outside of the container, which needs a token.</summary>
    private static void AssertReachable(PosternConfiguration loaded)
    {
        Assert.Equal($"http://0.0.0.0:{ServerProject.Ports[0]}", loaded.Gateway.Listen);
        Assert.Equal($"http://0.0.0.0:{ServerProject.Ports[1]}", loaded.Admin.Listen);
        Assert.NotNull(loaded.Admin.Token);
        // Whoever may call, the kubelet asks from the address of its machine.
        Assert.True(loaded.Admin.Addresses.Admits(System.Net.IPAddress.Parse("192.0.2.1")));
    }

    /// <summary>Reads it as the program does, with the secrets where they are mounted.</summary>
    private PosternConfiguration Load(
        string yaml, string secretsAt, IEnumerable<KeyValuePair<string, string>> secrets, IReadOnlyDictionary<string, string>? environment = null)
    {
        foreach (var (name, value) in secrets)
        {
            File.WriteAllText(folder.File(name), value);
        }

        var file = folder.File("postern.yaml");
        File.WriteAllText(file, yaml.Replace($"$file:{secretsAt}/", $"$file:{folder.Path}/", StringComparison.Ordinal));
        var result = ConfigurationFile.Load(new ConfigurationSource { Path = file, Environment = environment ?? new Dictionary<string, string>() });
        Assert.Empty(result.Errors);
        // Each secret that is mounted is used, and none is missing.
        Assert.Equal(secrets.Select(secret => folder.File(secret.Key)).Append(file).Order(), result.Files.Select(read => read.Path).Order());
        return result.Configuration!;
    }
}
