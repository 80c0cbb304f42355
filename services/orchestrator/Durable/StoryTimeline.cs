using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>
/// The scenes of a directed story: those that it has had, with the frames that they got, and those that are planned. It follows from the request and
/// the commands alone, each with the frame from which on it takes effect, so that it comes out the same wherever the story is woken.
/// </summary>
/// <param name="Scenes">The scenes in order, at least one, each with its frames.</param>
/// <param name="PausedFrom">Frame before which the story pauses; null where it does not.</param>
/// <param name="IsEnding">True where the story ends with its scenes, false where it then waits for more.</param>
internal sealed record StoryTimeline(IReadOnlyList<Scene> Scenes, uint? PausedFrom = null, bool IsEnding = false)
{
    /// <summary>Frames of the whole story.</summary>
    public uint Frames => StartOf(Scenes.Count);

    /// <summary>First frame of a scene; with the number behind the last, the frames of all.</summary>
    public uint StartOf(int scene) => (uint)Scenes.Take(scene).Sum(before => before.Frames);

    /// <summary>The scene that a frame is of, and how many frames of it come before.</summary>
    /// <returns>The number behind the last scene for what comes after all frames.</returns>
    public (int Scene, uint Offset) At(uint frame)
    {
        var scene = 0;
        for (; scene < Scenes.Count && frame >= Scenes[scene].Frames; scene++)
        {
            frame -= Scenes[scene].Frames;
        }

        return (scene, frame);
    }

    /// <summary>The story after a command.</summary>
    public StoryTimeline After(StoryDirected item)
    {
        var command = item.Command;
        return command.CommandCase switch
        {
            StoryCommand.CommandOneofCase.AddScenes => WithAdded(item.FromFrame, command.AddScenes.Scenes),
            StoryCommand.CommandOneofCase.ChangeScene => this with
            {
                Scenes = [.. Scenes.Select((scene, number) => number == command.ChangeScene.Scene ? command.ChangeScene.To : scene)],
            },
            StoryCommand.CommandOneofCase.RemoveScenes => WithRemoved(command.RemoveScenes),
            StoryCommand.CommandOneofCase.Pause => this with { PausedFrom = PausedFrom ?? item.FromFrame },
            StoryCommand.CommandOneofCase.Resume => this with { PausedFrom = null },
            StoryCommand.CommandOneofCase.Stop when command.Stop.AfterScenes => this with { IsEnding = true },
            StoryCommand.CommandOneofCase.Stop => new([.. Until(item.FromFrame)], PausedFrom: null, IsEnding: true),
            _ => throw new ArgumentException($"There is no command '{command.CommandCase}'.", nameof(item)),
        };
    }

    /// <summary>The same story as one that is known as a whole.</summary>
    public GenerateStoryRequest Apply(GenerateStoryRequest request)
    {
        var whole = request.Clone();
        whole.Scenes.Clear();
        whole.Scenes.Add(Scenes);
        return whole;
    }

    private StoryTimeline WithAdded(uint frame, IEnumerable<Scene> added) => this with
    {
        Scenes = [.. Until(frame), .. added, .. From(frame)],
    };

    private StoryTimeline WithRemoved(RemoveScenes removed) => this with
    {
        Scenes = [.. Scenes.Where((_, number) => number < removed.Scene || (removed.Count > 0 && number >= removed.Scene + removed.Count))],
    };

    /// <summary>The scenes before a frame; the one that it is of ends there.</summary>
    private IEnumerable<Scene> Until(uint frame)
    {
        var (last, offset) = At(frame);
        var whole = Scenes.Take(last);
        return offset == 0 ? whole : whole.Append(new(Scenes[last]) { Frames = offset });
    }

    /// <summary>The scenes that begin at a frame or after it.</summary>
    private IEnumerable<Scene> From(uint frame)
    {
        var (scene, offset) = At(frame);
        return Scenes.Skip(offset == 0 ? scene : scene + 1);
    }
}
