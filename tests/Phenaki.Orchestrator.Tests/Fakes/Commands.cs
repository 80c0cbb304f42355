using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>Commands of directors.</summary>
internal static class Commands
{
    public static StoryCommand Pause => new() { Pause = new() };

    public static StoryCommand Resume => new() { Resume = new() };

    public static StoryCommand Stop => new() { Stop = new() };

    public static StoryCommand StopAfterScenes => new() { Stop = new() { AfterScenes = true } };

    public static StoryCommand Add(ScenePosition position, params (string Prompt, uint Frames)[] scenes) => new()
    {
        AddScenes = new() { Position = position, Scenes = { scenes.Select(scene => new Scene { Prompt = scene.Prompt, Frames = scene.Frames }) } },
    };

    public static StoryCommand Change(uint scene, string prompt, uint frames) => new()
    {
        ChangeScene = new() { Scene = scene, To = new() { Prompt = prompt, Frames = frames } },
    };

    public static StoryCommand Remove(uint scene, uint count) => new() { RemoveScenes = new() { Scene = scene, Count = count } };
}
