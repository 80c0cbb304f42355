using System.Globalization;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>Which commands a directed story takes, and from which frame on.</summary>
/// <param name="orchestrator">Limits of stories.</param>
/// <param name="options">Limits of directed stories.</param>
internal sealed class StoryCommandRules(OrchestratorOptions orchestrator, DurableStoryOptions options)
{
    private const int MaxScenesOfCommand = 100;

    // All commands of a story are read at once when it is taken up.
    private const long MaxBytes = 4 * 1024 * 1024;

    private readonly StoryValidator _validator = new(orchestrator);

    /// <summary>Most opening frames that a story makes use of.</summary>
    public int MaxOpeningFrames => orchestrator.PrefixFrames;

    /// <summary>How long a story waits for a command.</summary>
    public TimeSpan MaxWait => options.MaxDirectionWait;

    /// <summary>ALREADY_EXISTS: the name is another command's.</summary>
    public static Grpc.Core.RpcException OtherCommand(StoryCommand command) => RpcErrors.AlreadyExists(
        $"The command_id '{command.CommandId}' was given to another command; one that is sent again must be the same.", "COMMAND_ID_TAKEN");

    /// <summary>FAILED_PRECONDITION: the story has ended.</summary>
    public static Grpc.Core.RpcException HasEnded(string id) => RpcErrors.FailedPrecondition($"The story '{id}' has ended.", "STORY_ENDED");

    /// <summary>FAILED_PRECONDITION: the story takes no commands at all.</summary>
    public static Grpc.Core.RpcException NotDirected(string id) => RpcErrors.FailedPrecondition(
        $"The story '{id}' takes no commands: it was not created as directed.", "NOT_DIRECTED");

    /// <summary>Checks what can be checked without knowing the story but for its style.</summary>
    public Violations Check(StoryCommand command, string style)
    {
        var violations = new Violations();
        if (!StoryId.IsRequestId(command.CommandId))
        {
            violations.Add("command_id", $"has {command.CommandId.Length} characters; allowed are up to {StoryId.MaxRequestId} visible ASCII characters.");
        }

        switch (command.CommandCase)
        {
            case StoryCommand.CommandOneofCase.None:
                violations.Add("command", "is not set; it is what the story shall do.");
                break;
            case StoryCommand.CommandOneofCase.AddScenes:
                CheckAdded(command.AddScenes, style, violations);
                break;
            case StoryCommand.CommandOneofCase.ChangeScene when command.ChangeScene.To is null:
                violations.Add("change_scene.to", "is not set; it is what the scene shall be.");
                break;
            case StoryCommand.CommandOneofCase.ChangeScene:
                _validator.CheckScene(violations, "change_scene.to", command.ChangeScene.To, style);
                break;
        }

        return violations;
    }

    /// <summary>The command with every default of this service written out: a default may be another one by the time when it is read.</summary>
    public StoryCommand Complete(StoryCommand command)
    {
        var whole = command.Clone();
        foreach (var scene in (IEnumerable<Scene?>)[.. whole.AddScenes?.Scenes ?? [], whole.ChangeScene?.To])
        {
            if (scene is { Frames: 0 })
            {
                scene.Frames = (uint)orchestrator.DefaultSceneFrames;
            }
        }

        return whole;
    }

    /// <summary>True for a command that was sent again.</summary>
    public bool IsSame(StoryCommand command, StoryCommand before, string style) => !Check(command, style).Any && Complete(command).Equals(before);

    /// <summary>Number of the frame from which on a command takes effect.</summary>
    /// <param name="command">The command.</param>
    /// <param name="timeline">The story before it.</param>
    /// <param name="border">End of the clip in work, or of the last one where none is.</param>
    /// <param name="firstClip">Frames of the first clip.</param>
    /// <exception cref="Grpc.Core.RpcException">The story does not take it.</exception>
    public static uint FromFrame(StoryCommand command, StoryTimeline timeline, uint border, Func<uint> firstClip)
    {
        switch (command.CommandCase)
        {
            case StoryCommand.CommandOneofCase.AddScenes:
                return !timeline.IsEnding
                    ? Position(command.AddScenes.Position, timeline, border)
                    : throw RpcErrors.FailedPrecondition("The story was told to end with the scenes that it has.", "STORY_ENDS");
            case StoryCommand.CommandOneofCase.ChangeScene:
                return Coming("change_scene.scene", command.ChangeScene.Scene, timeline, border);
            case StoryCommand.CommandOneofCase.RemoveScenes:
                return Removed(command.RemoveScenes, timeline, border);
            case StoryCommand.CommandOneofCase.Pause or StoryCommand.CommandOneofCase.Resume:
                return timeline.PausedFrom ?? border;
            default:
                return command.Stop.AfterScenes ? timeline.Frames : Math.Max(border, firstClip());
        }
    }

    /// <summary>Checks that a story does not grow beyond all bounds.</summary>
    /// <param name="after">The story after a command.</param>
    /// <param name="style">Its style.</param>
    /// <param name="commands">Commands before.</param>
    /// <param name="bytes">Bytes of all its commands.</param>
    /// <exception cref="Grpc.Core.RpcException">It would.</exception>
    public void CheckSize(StoryTimeline after, string style, int commands, long bytes)
    {
        if (commands >= options.MaxCommands || bytes > MaxBytes)
        {
            throw RpcErrors.FailedPrecondition(
                string.Create(CultureInfo.InvariantCulture, $"The story has had {commands} commands; allowed are {options.MaxCommands}, with {MaxBytes} bytes together."),
                "TOO_MANY_COMMANDS");
        }

        if (after.Scenes.Count > orchestrator.MaxScenes || StoryValidator.PromptBytes(after.Scenes, style) > StoryValidator.MaxPromptBytes)
        {
            throw RpcErrors.FailedPrecondition(
                string.Create(CultureInfo.InvariantCulture, $"The story would have {after.Scenes.Count} scenes; allowed are {orchestrator.MaxScenes}, with {StoryValidator.MaxPromptBytes} bytes of prompts together."),
                "TOO_MANY_SCENES");
        }
    }

    private static uint Position(ScenePosition position, StoryTimeline timeline, uint border)
    {
        var (scene, offset) = timeline.At(border);
        return position switch
        {
            ScenePosition.Now => border,
            ScenePosition.Next => timeline.StartOf(offset == 0 ? scene : scene + 1),
            _ => timeline.Frames,
        };
    }

    private static uint Removed(RemoveScenes removed, StoryTimeline timeline, uint border)
    {
        var from = Coming("remove_scenes.scene", removed.Scene, timeline, border);
        var behind = (uint)timeline.Scenes.Count - removed.Scene;
        if (removed.Count > behind)
        {
            throw RpcErrors.InvalidArgument([new(
                "remove_scenes.count",
                string.Create(CultureInfo.InvariantCulture, $"is {removed.Count}; allowed are 1 to {behind}, or 0 for all from scene {removed.Scene} on."))]);
        }

        return removed.Scene > 0 || (removed.Count > 0 && removed.Count < behind)
            ? from
            : throw RpcErrors.FailedPrecondition("A story has one scene at least.", "ONLY_SCENE");
    }

    private static uint Coming(string field, uint scene, StoryTimeline timeline, uint border)
    {
        if (scene >= timeline.Scenes.Count)
        {
            throw RpcErrors.InvalidArgument([new(
                field, string.Create(CultureInfo.InvariantCulture, $"is {scene}; the story has the scenes 0 to {timeline.Scenes.Count - 1}."))]);
        }

        var start = timeline.StartOf((int)scene);
        return start >= border
            ? start
            : throw RpcErrors.FailedPrecondition(
                string.Create(CultureInfo.InvariantCulture, $"Scene {scene} has begun; what is made stays."), "SCENE_BEGUN");
    }

    private void CheckAdded(AddScenes added, string style, Violations violations)
    {
        if (added.Scenes.Count is < 1 or > MaxScenesOfCommand)
        {
            violations.Add("add_scenes.scenes", $"has {added.Scenes.Count} scenes; allowed are 1 to {MaxScenesOfCommand}.");
        }

        for (var i = 0; i < Math.Min(added.Scenes.Count, MaxScenesOfCommand); i++)
        {
            _validator.CheckScene(violations, $"add_scenes.scenes[{i}]", added.Scenes[i], style);
        }

        if (!Enum.IsDefined(added.Position))
        {
            violations.Add("add_scenes.position", $"is {(int)added.Position}; there is no such position.");
        }
    }
}
