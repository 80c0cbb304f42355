namespace Phenaki.Orchestrator.Stories;

/// <summary>A clip, and the scene that it belongs to.</summary>
/// <param name="Plan">The clip.</param>
/// <param name="Scene">Its scene, as it is planned when the clip begins.</param>
internal sealed record ScriptedClip(ClipPlan Plan, StoryScene Scene);
