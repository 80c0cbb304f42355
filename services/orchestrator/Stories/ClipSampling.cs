namespace Phenaki.Orchestrator.Stories;

/// <summary>How the tokens of a clip are sampled, every setting resolved: a default that is written out is the same story.</summary>
/// <param name="Steps">Decoding steps, 1 to 256.</param>
/// <param name="GuidanceScale">Classifier-free guidance scale, 0 to 64.</param>
/// <param name="Temperature">Softmax temperature, 0 to 16.</param>
/// <param name="ChoiceTemperature">Strength of the noise on the confidence, 0 to 64.</param>
internal sealed record ClipSampling(int Steps, float GuidanceScale, float Temperature, float ChoiceTemperature)
{
    /// <summary>Most decoding steps of a clip.</summary>
    public const int MaxSteps = 256;

    /// <summary>Most steps that a model takes for them: those of the first latent frame, of the rest, and of what it revises.</summary>
    public const int MaxStepsOfAllStages = 2 * (MaxSteps + MaxRevisions);

    private const int MaxRevisions = 64;
}
