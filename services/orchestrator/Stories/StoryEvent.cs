namespace Phenaki.Orchestrator.Stories;

/// <summary>What happens while a story is made, in the order of story.proto.</summary>
internal abstract record StoryEvent
{
    private StoryEvent()
    {
    }

    /// <summary>The story is planned: always the first event.</summary>
    /// <param name="Seed">Seed used.</param>
    /// <param name="Frames">Frames of the story.</param>
    /// <param name="Scenes">Its scenes.</param>
    public sealed record Accepted(ulong Seed, int Frames, IReadOnlyList<PlannedScene> Scenes) : StoryEvent;

    /// <summary>A scene begins.</summary>
    /// <param name="Scene">Number of the scene.</param>
    /// <param name="Planned">How it is planned now; null where that was said when the story began.</param>
    public sealed record SceneStarted(int Scene, PlannedScene? Planned = null) : StoryEvent;

    /// <summary>A step of the sampling is done.</summary>
    /// <param name="Scene">Number of the scene.</param>
    /// <param name="Clip">Number of the clip in its scene.</param>
    /// <param name="Step">Number of the step, from 1.</param>
    /// <param name="Steps">Steps of the clip.</param>
    public sealed record Progress(int Scene, int Clip, int Step, int Steps) : StoryEvent;

    /// <summary>A frame.</summary>
    /// <param name="Scene">Number of the scene.</param>
    /// <param name="Index">Number of the frame in the story, from 0.</param>
    /// <param name="Rgb">Its pixels.</param>
    public sealed record Frame(int Scene, int Index, ReadOnlyMemory<byte> Rgb) : StoryEvent;

    /// <summary>A scene is complete.</summary>
    /// <param name="Scene">Number of the scene.</param>
    /// <param name="Clips">How its clips came about.</param>
    public sealed record SceneFinished(int Scene, IReadOnlyList<ClipReport> Clips) : StoryEvent;

    /// <summary>The story is complete: always the last event.</summary>
    /// <param name="Frames">Frames sent.</param>
    /// <param name="Account">What it took.</param>
    public sealed record Finished(int Frames, StoryAccount Account) : StoryEvent;
}
