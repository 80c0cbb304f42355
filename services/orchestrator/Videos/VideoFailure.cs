namespace Phenaki.Orchestrator.Videos;

/// <summary>Why a video failed.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Message">For people.</param>
internal sealed record VideoFailure(string Code, string Message);
