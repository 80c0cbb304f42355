using Phenaki.Caching;

namespace Phenaki.Orchestrator.Clients;

/// <summary>The text encoder, in arrays.</summary>
internal interface ITextEncoderClient
{
    /// <summary>The model that is served.</summary>
    /// <exception cref="ModelServiceException">The call failed.</exception>
    Task<TextEncoderCard> GetModelAsync(CallScope scope);

    /// <summary>Encodes prompts down one stream.</summary>
    /// <param name="prompts">Prompts, all different, at least one.</param>
    /// <param name="models">The models; every embedding must have the text encoder's width.</param>
    /// <param name="onEncoded">Gets every prompt once, by its number, in the order in which they finish.</param>
    /// <param name="scope">How long the call may go on.</param>
    /// <exception cref="ModelServiceException">The call failed, or broke off.</exception>
    Task EncodeAsync(IReadOnlyList<string> prompts, ModelSet models, Func<int, EncodedPrompt, Task> onEncoded, CallScope scope);
}
