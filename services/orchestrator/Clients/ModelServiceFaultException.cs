namespace Phenaki.Orchestrator.Clients;

/// <summary>One of the three services answered what its contract does not allow, or reported a bug: nothing that a client of ours can mend.</summary>
/// <param name="service">Which service, as people call it: "text-encoder".</param>
/// <param name="detail">What it did.</param>
/// <param name="inner">What was found.</param>
internal sealed class ModelServiceFaultException(string service, string detail, Exception? inner = null)
    : Exception($"The {service} service broke its contract: {detail}", inner)
{
    /// <summary>Which service.</summary>
    public string Service { get; } = service;
}
