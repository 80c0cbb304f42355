namespace Phenaki.Orchestrator.Stories;

/// <summary>A scene as it will be made.</summary>
/// <param name="Prompt">Prompt with its style.</param>
/// <param name="Frames">Frames.</param>
/// <param name="Clips">Clips that it is sampled in.</param>
/// <param name="UnknownWords">Words that the text encoder has never seen in training.</param>
internal sealed record PlannedScene(string Prompt, int Frames, int Clips, IReadOnlyList<string> UnknownWords);
