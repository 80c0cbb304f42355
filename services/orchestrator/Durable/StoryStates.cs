using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>What states mean.</summary>
internal static class StoryStates
{
    /// <summary>True for a state that a story stays in.</summary>
    public static bool IsFinal(this StoryState state) => state is StoryState.Succeeded or StoryState.Failed or StoryState.Cancelled;
}
