using k8s;
using k8s.Models;

namespace Postern.Tests.Deployment;

/// <summary>The manifests of Kubernetes, read into the types that its API is generated from: a field that it does not know is an error.</summary>
internal static class Manifests
{
    public const string Folder = "deploy/kubernetes/one-node";

    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.GetFiles(Repository.File(Folder), "*.yaml").Select(file => Path.GetFileName(file)!).Where(name => name != "kustomization.yaml").Order()];

    public static IReadOnlyList<object> Read(string file) => Parse(File.ReadAllText(Repository.File($"{Folder}/{file}")));

    public static IReadOnlyList<object> Parse(string yaml) => KubernetesYaml.LoadAllFromString(yaml, strict: true);

    public static IReadOnlyList<T> All<T>() => [.. Files.SelectMany(Read).OfType<T>()];

    public static T Only<T>() => Assert.Single(All<T>());

    public static V1PodSpec Pod => Only<V1StatefulSet>().Spec.Template.Spec;

    public static V1Container Container => Assert.Single(Pod.Containers);
}
