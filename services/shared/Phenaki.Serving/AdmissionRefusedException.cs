namespace Phenaki.Serving;

/// <summary>Work was refused before anything was done for it.</summary>
/// <param name="refusal">Why, and when to come again.</param>
public sealed class AdmissionRefusedException(AdmissionRefusal refusal) : Exception(refusal.Message)
{
    /// <summary>Why, and when to come again.</summary>
    public AdmissionRefusal Refusal { get; } = refusal;
}
