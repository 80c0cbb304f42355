using k8s.Models;
using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>Every pod and container of the chart, one property after the other: what the Pod Security Standard "restricted" asks for, and more.</summary>
public sealed class PodSecurityTests(RenderedCharts charts) : ChartTest(charts)
{
    [Fact(Timeout = Patience)]
    public Task Pods_All_RunAsAUserThatIsNotRoot() => PodsAsync(pod =>
        pod.SecurityContext is { RunAsNonRoot: true, RunAsUser: >= 10_000, RunAsGroup: >= 10_000, FsGroup: >= 10_000 });

    [Fact(Timeout = Patience)]
    public Task Pods_All_HaveTheRuntimesSeccompProfile() => PodsAsync(pod => pod.SecurityContext.SeccompProfile is { Type: "RuntimeDefault" });

    [Fact(Timeout = Patience)]
    public Task Pods_All_MountNoTokenOfAServiceAccount() => PodsAsync(pod => pod.AutomountServiceAccountToken == false && pod.ServiceAccountName == Names.Full);

    [Fact(Timeout = Patience)]
    public Task ServiceAccounts_All_MountNoToken() => NothingAsync(chart =>
        chart.Manifests.All<V1ServiceAccount>().Where(a => a.AutomountServiceAccountToken != false).Select(a => $"{a.Metadata.Name} mounts its token"));

    [Fact(Timeout = Patience)]
    public Task Pods_All_AreNotToldOfOtherServices() => PodsAsync(pod => pod.EnableServiceLinks == false);

    [Fact(Timeout = Patience)]
    public Task Pods_All_ShareNothingWithTheirNode() => PodsAsync(pod =>
        pod is { HostNetwork: null or false, HostPID: null or false, HostIPC: null or false, ShareProcessNamespace: null or false } &&
        pod.Volumes.All(volume => volume.HostPath is null) &&
        pod.Containers.SelectMany(c => c.Ports ?? []).All(port => port.HostPort is null));

    [Fact(Timeout = Patience)]
    public Task Containers_All_GainNoRights() => ContainersAsync(container => container.SecurityContext is { AllowPrivilegeEscalation: false, Privileged: false, RunAsNonRoot: true });

    [Fact(Timeout = Patience)]
    public Task Containers_All_NeverChangeTheUser() => ContainersAsync(container => container.SecurityContext is { RunAsUser: null, RunAsGroup: null });

    [Fact(Timeout = Patience)]
    public Task Containers_All_HaveNoCapabilities() => ContainersAsync(container => container.SecurityContext.Capabilities is { Add: null, Drop: ["ALL"] });

    [Fact(Timeout = Patience)]
    public Task Containers_All_HaveTheRuntimesSeccompProfile() => ContainersAsync(container => container.SecurityContext.SeccompProfile is { Type: "RuntimeDefault" });

    [Fact(Timeout = Patience)]
    public Task Containers_All_HaveAReadOnlyFileSystem() => ContainersAsync(container => container.SecurityContext.ReadOnlyRootFilesystem == true);

    [Fact(Timeout = Patience)]
    public Task Containers_All_HaveRequestsAndALimitOfMemory() => ContainersAsync(container =>
        container.Resources is { Requests: { } requests, Limits: { } limits } && requests.ContainsKey("cpu") && requests.ContainsKey("memory") && limits.ContainsKey("memory"));

    [Fact(Timeout = Patience)]
    public Task Containers_All_ComeFromAnImageOfAKnownVersion() => ContainersAsync(container =>
        container.Image.Contains('@', StringComparison.Ordinal) || (container.Image.LastIndexOf(':') > container.Image.LastIndexOf('/') && !container.Image.EndsWith(":latest", StringComparison.Ordinal)));

    [Fact(Timeout = Patience)]
    public Task Volumes_ThatAreWritten_HaveALimit() => PodsAsync(pod => pod.Volumes.All(volume => volume.EmptyDir is null || volume.EmptyDir.SizeLimit is not null));

    [Fact(Timeout = Patience)]
    public Task Volumes_ButThoseOfTheirOwn_AreMountedReadOnly() => NothingAsync(chart =>
        from pod in chart.Manifests.Pods
        from container in pod.Containers
        from mount in container.VolumeMounts
        let volume = pod.Spec.Volumes.Single(v => v.Name == mount.Name)
        where volume.EmptyDir is null && mount.ReadOnlyProperty != true
        select $"{pod.Name} mounts {mount.Name} for writing");

    [Fact(Timeout = Patience)]
    public Task Secrets_OfAnyKind_AreFilesThatOthersCannotRead() => PodsAsync(pod =>
        pod.Volumes.Where(v => v.Secret is not null).All(v => v.Secret.DefaultMode is { } mode && (mode & Convert.ToInt32("037", 8)) == 0));

    [Fact(Timeout = Patience)]
    public Task Secrets_MountedAsFolders_FollowTheirChanges() => ContainersAsync(container => container.VolumeMounts.All(mount => mount.SubPath is null && mount.SubPathExpr is null));

    [Fact(Timeout = Patience)]
    public Task Secrets_ThatTheChartIsGiven_AreNamedNotHeld() => NothingAsync(chart =>
        chart.Manifests.All<V1Secret>().Where(secret => secret.Metadata.Name != $"{Names.Full}-redis").Select(secret => $"the chart makes the Secret {secret.Metadata.Name}"));

    [Fact(Timeout = Patience)]
    public async Task Users_LeftToThePlatform_AreStillNotRoot()
    {
        var chart = await Manifests.RenderAsync("podSecurity: {runAsUser: null, runAsGroup: null, fsGroup: null}", Cancellation);
        Assert.All(chart.Pods, pod => Assert.True(pod.Spec.SecurityContext is { RunAsNonRoot: true, RunAsUser: null, RunAsGroup: null, FsGroup: null }, pod.Name));
    }

    private Task PodsAsync(Func<V1PodSpec, bool> isRight) => NothingAsync(chart => chart.Manifests.Pods.Where(pod => !isRight(pod.Spec)).Select(pod => pod.Name));

    private Task ContainersAsync(Func<V1Container, bool> isRight) => NothingAsync(chart =>
        from pod in chart.Manifests.Pods
        from container in pod.Containers
        where !isRight(container)
        select $"{pod.Name}, container {container.Name}");
}
