using System.Globalization;
using System.Net;
using k8s.Models;

namespace Phenaki.ChartTests.Network;

/// <summary>
/// What NetworkPolicies let through, by the rules of Kubernetes: a pod that no policy selects is open; one that some select takes what any of
/// them allows; a connection must be allowed to leave and to arrive.
/// </summary>
internal sealed class PolicyEvaluator(IReadOnlyList<V1NetworkPolicy> policies)
{
    /// <summary>True when <paramref name="from"/> may open a connection to that port of <paramref name="to"/>.</summary>
    public bool Allows(Actor from, Actor to, ActorPort port) =>
        Side(from, "Egress", policy => (policy.Spec.Egress ?? []).Any(rule => Ports(rule.Ports, port) && Peers(policy, rule.To, to))) &&
        Side(to, "Ingress", policy => (policy.Spec.Ingress ?? []).Any(rule => Ports(rule.Ports, port) && Peers(policy, rule.FromProperty, from)));

    private bool Side(Actor pod, string type, Func<V1NetworkPolicy, bool> allows)
    {
        var selecting = policies
            .Where(policy => policy.Metadata.NamespaceProperty == pod.Namespace && Selects(policy.Spec.PodSelector, pod.Labels) && policy.Spec.PolicyTypes.Contains(type))
            .ToArray();
        return selecting.Length == 0 || selecting.Any(allows);
    }

    // A port by its name is that of the pod which is called.
    private static bool Ports(IList<V1NetworkPolicyPort>? allowed, ActorPort port) => allowed is null or [] || allowed.Any(one =>
        (one.Protocol ?? "TCP") == port.Protocol &&
        (one.Port is null || one.Port.Value == port.Number.ToString(CultureInfo.InvariantCulture) || (port.Name.Length > 0 && one.Port.Value == port.Name)));

    private static bool Peers(V1NetworkPolicy policy, IList<V1NetworkPolicyPeer>? allowed, Actor other) => allowed is null or [] || allowed.Any(peer =>
        peer.IpBlock is { } block
            ? IPNetwork.Parse(block.Cidr).Contains(IPAddress.Parse(other.Address)) && !(block.Except ?? []).Any(e => IPNetwork.Parse(e).Contains(IPAddress.Parse(other.Address)))
            : other.Namespace is not null &&
                (peer.NamespaceSelector is null
                    ? other.Namespace == policy.Metadata.NamespaceProperty
                    : Selects(peer.NamespaceSelector, new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = other.Namespace })) &&
                (peer.PodSelector is null || Selects(peer.PodSelector, other.Labels)));

    private static bool Selects(V1LabelSelector selector, IDictionary<string, string> labels) =>
        selector.MatchExpressions is null or []
            ? (selector.MatchLabels ?? new Dictionary<string, string>()).All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value)
            : throw new NotSupportedException("The chart's policies use matchLabels alone.");
}
