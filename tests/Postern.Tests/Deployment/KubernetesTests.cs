using k8s.Models;
using Postern.Operations;
using Postern.Tests.Monitoring;

namespace Postern.Tests.Deployment;

public sealed class KubernetesTests
{
    private const string Name = "app.kubernetes.io/name";

    public static TheoryData<string> Files => [.. Manifests.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_manifest_says_nothing_that_Kubernetes_does_not_know(string file)
    {
        var documents = Manifests.Read(file);

        Assert.NotEmpty(documents);
        Assert.All(documents.Cast<k8s.IKubernetesObject<V1ObjectMeta>>(), document =>
        {
            Assert.Equal("postern", document.Metadata.Labels[Name]);
            // Where it goes is said by whoever applies it.
            Assert.Null(document.Metadata.NamespaceProperty);
        });
    }

    [Theory]
    [InlineData("replicas: 1", "replica: 1")]
    [InlineData("runAsUser: 1654", "runAsUser: postern")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true")]
    public void A_mistake_in_a_manifest_is_noticed(string right, string wrong)
    {
        var manifest = File.ReadAllText(Repository.File($"{Manifests.Folder}/statefulset.yaml"));
        Assert.Contains(right, manifest, StringComparison.Ordinal);

        Assert.ThrowsAny<Exception>(() => Manifests.Parse(manifest.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_kustomization_holds_every_manifest_but_the_example_of_a_secret()
    {
        var lines = File.ReadAllLines(Repository.File($"{Manifests.Folder}/kustomization.yaml")).Select(line => line.Trim()).ToList();
        var resources = lines[(lines.IndexOf("resources:") + 1)..].Select(line => line[2..]);

        Assert.Equal(Manifests.Files.Where(file => !file.Contains("example", StringComparison.Ordinal)), resources.Order());
    }

    [Fact]
    public void The_image_its_user_and_its_command_are_those_of_the_project()
    {
        Assert.Equal(ServerProject.Image, Manifests.Container.Image);
        Assert.Equal(ServerProject.User, Manifests.Pod.SecurityContext.RunAsUser);
        // A named volume belongs to the group that the user is in.
        Assert.Equal(ServerProject.User, Manifests.Pod.SecurityContext.FsGroup);
        Assert.Equal(ServerProject.Arguments, Manifests.Container.Args);
    }

    [Fact]
    public async Task Probes_ask_the_admin_port_what_it_answers_without_a_token()
    {
        await using var server = await AdminServer.StartAsync();
        var open = server.Service<AdminOperations>().All.Where(operation => operation.Open).Select(operation => operation.Path);
        var container = Manifests.Container;

        Assert.Equal(8081, Port("admin"));
        Assert.All((V1Probe[])[container.StartupProbe, container.LivenessProbe, container.ReadinessProbe], probe =>
        {
            Assert.Equal("admin", probe.HttpGet.Port.Value);
            Assert.Contains(probe.HttpGet.Path, open);
        });
        Assert.Equal("/healthz", container.LivenessProbe.HttpGet.Path);
        Assert.Equal("/readyz", container.ReadinessProbe.HttpGet.Path);
    }

    [Fact]
    public void Services_lead_to_ports_of_the_pod_and_the_admin_port_to_nobody_outside()
    {
        Assert.Equal(ServerProject.Ports, Manifests.Container.Ports.Select(port => port.ContainerPort));
        var labels = Manifests.Only<V1StatefulSet>().Spec.Template.Metadata.Labels;
        Assert.All(Manifests.All<V1Service>(), service =>
        {
            Assert.All(service.Spec.Selector, label => Assert.Equal(label.Value, labels[label.Key]));
            Assert.All(service.Spec.Ports, port => Port(port.TargetPort.Value));
        });
        var admin = Assert.Single(Manifests.All<V1Service>(), service => service.Spec.Ports.Any(port => port.TargetPort.Value == "admin"));
        Assert.Equal("ClusterIP", admin.Spec.Type);
        Assert.Equal(Manifests.Only<V1StatefulSet>().Spec.ServiceName, admin.Metadata.Name);
    }

    [Fact]
    public void The_pod_is_killed_only_after_the_program_has_had_its_time()
    {
        var before = Manifests.Container.Lifecycle.PreStop.Sleep.Seconds;
        Drain.AssertFits(Manifests.Pod.TerminationGracePeriodSeconds!.Value - before, "terminationGracePeriodSeconds, less preStop,");
    }

    [Fact]
    public void The_pod_may_do_nothing_that_it_need_not()
    {
        var (pod, container) = (Manifests.Pod, Manifests.Container.SecurityContext);

        // The profile "restricted" of the pod security standards, and a root file system that is read-only.
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.False(container.AllowPrivilegeEscalation);
        Assert.False(container.Privileged);
        Assert.True(container.ReadOnlyRootFilesystem);
        Assert.Equal(["ALL"], container.Capabilities.Drop);
        Assert.Null(container.Capabilities.Add);
    }

    [Fact]
    public void One_pod_has_one_disk_and_can_be_moved()
    {
        var set = Manifests.Only<V1StatefulSet>().Spec;
        Assert.Equal(1, set.Replicas);
        Assert.Equal("/app/data", Manifests.Container.VolumeMounts.Single(mount => mount.Name == Assert.Single(set.VolumeClaimTemplates).Metadata.Name).MountPath);
        Assert.Equal("1", Manifests.Only<V1PodDisruptionBudget>().Spec.MaxUnavailable.Value);
    }

    [Fact]
    public void Addresses_that_a_callback_must_not_reach_are_closed_to_the_pod_too()
    {
        var open = Manifests.Only<V1NetworkPolicy>().Spec.Egress.SelectMany(rule => rule.To).Where(peer => peer.IpBlock is not null).Select(peer => peer.IpBlock).ToList();

        Assert.Equal(["0.0.0.0/0", "::/0"], open.Select(block => block.Cidr));
        // The metadata service of clouds above all.
        string[] closed = ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"];
        Assert.Empty(closed.Except(open.SelectMany(block => block.Except)));
    }

    private static int Port(string name) => Manifests.Container.Ports.Single(port => port.Name == name).ContainerPort;
}
