using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Durable;

/// <summary>A page of stories.</summary>
/// <param name="Stories">The stories, newest or oldest first.</param>
/// <param name="Next">The entry after which the next page begins; null on the last.</param>
internal sealed record StoryPage(IReadOnlyList<WireStory> Stories, StoryEntry? Next);
