namespace Phenaki.Orchestrator.Clients;

/// <summary>What the text encoder serves.</summary>
/// <param name="Model">The model.</param>
/// <param name="Width">Width of an embedding row.</param>
/// <param name="MaxTokens">Most tokens of a prompt, end-of-sentence included.</param>
internal sealed record TextEncoderCard(ModelCard Model, int Width, int MaxTokens);
