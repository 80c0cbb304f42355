namespace Phenaki.ContainerTests.Mesh;

/// <summary>What both kinds of mesh are set to, other than by default.</summary>
internal static class MeshSettings
{
    /// <summary>How often a call is made again. More than by default: a service that was killed takes long to come back on a machine that is busy with tests.</summary>
    public const int MaxResumptions = 20;

    /// <summary>How often an orchestrator says that it is there. Less than by default: one that was killed must be taken for dead before its stories go on.</summary>
    public const string MembershipPeriod = "00:00:01";
}
