namespace Phenaki.Orchestrator.Clients;

/// <summary>A call to one of the three services behind the orchestrator failed.</summary>
internal sealed class ModelServiceException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="service">Which service, as people call it: "text-encoder".</param>
    /// <param name="failure">What kept it from answering.</param>
    /// <param name="detail">What the service, or the transport, says.</param>
    /// <param name="retryAfter">When the service asks to be called again; null when it does not say.</param>
    /// <param name="inner">The failure of the transport.</param>
    public ModelServiceException(
        string service, ModelServiceFailure failure, string detail, TimeSpan? retryAfter = null, Exception? inner = null)
        : base($"The {service} service {Verb(failure)}: {detail}", inner)
    {
        Service = service;
        Failure = failure;
        RetryAfter = retryAfter;
    }

    /// <summary>Which service.</summary>
    public string Service { get; }

    /// <summary>What kept it from answering.</summary>
    public ModelServiceFailure Failure { get; }

    /// <summary>When the service asks to be called again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    private static string Verb(ModelServiceFailure failure) => failure switch
    {
        ModelServiceFailure.Unreachable => "cannot be reached",
        ModelServiceFailure.Overloaded => "has too much work",
        ModelServiceFailure.TimedOut => "did not answer in time",
        _ => "refuses",
    };
}
