namespace Phenaki.Serving;

/// <summary>Why work was refused.</summary>
public enum AdmissionRefusalReason
{
    /// <summary>As much is admitted as may be: RESOURCE_EXHAUSTED.</summary>
    QueueFull,

    /// <summary>The service is stopping: UNAVAILABLE.</summary>
    Draining,

    /// <summary>The model is not loaded yet: UNAVAILABLE.</summary>
    NotReady,

    /// <summary>By the present estimate the work would be done too late: DEADLINE_EXCEEDED.</summary>
    DeadlineCannotBeMet,
}
