using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>What has to be made.</summary>
/// <param name="Id">The story.</param>
/// <param name="Request">Its request, without opening frames.</param>
/// <param name="Seed">Seed to use.</param>
/// <param name="Fingerprint">What it was begun with; what it is made with now must be the same.</param>
/// <param name="News">Gets what happens.</param>
/// <param name="Pen">Writes its events.</param>
/// <param name="Director">Says how it goes on; null for its scenes as they are.</param>
internal sealed record StoryAssignment(
    string Id, GenerateStoryRequest Request, ulong Seed, string Fingerprint, StoryNews News, StoryPen Pen, StoryDirector? Director);
