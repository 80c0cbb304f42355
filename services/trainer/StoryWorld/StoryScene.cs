namespace Phenaki.Trainer.StoryWorld;

/// <summary>A part of a story: what a user writes and what it shows.</summary>
/// <param name="Prompt">The sentence.</param>
/// <param name="Scene">Its picture.</param>
public sealed record StoryScene(string Prompt, SceneSpec Scene);
