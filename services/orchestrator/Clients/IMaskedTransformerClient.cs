namespace Phenaki.Orchestrator.Clients;

/// <summary>The masked transformer, in arrays.</summary>
internal interface IMaskedTransformerClient
{
    /// <summary>The model that is served.</summary>
    /// <exception cref="ModelServiceException">The call failed.</exception>
    Task<MaskedTransformerCard> GetModelAsync(CallScope scope);

    /// <summary>Samples the tokens of a clip.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="models">The models.</param>
    /// <param name="onStep">Called after each step with its number, from 1, and how many there are: a model may take more than the settings say.</param>
    /// <param name="scope">How long the call may go on.</param>
    /// <returns>Tokens, [latent frames, rows, columns] row-major, prefix included.</returns>
    /// <exception cref="ModelServiceException">The call failed, or broke off.</exception>
    Task<int[]> SampleAsync(ClipToSample clip, ModelSet models, Action<int, int> onStep, CallScope scope);
}
