namespace Phenaki.Orchestrator.Videos;

/// <summary>An error in OpenAI's form.</summary>
/// <param name="Error">The error.</param>
internal sealed record VideoErrorAnswer(VideoError Error);
