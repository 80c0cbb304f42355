using System.Globalization;
using Phenaki.Media;
using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>What has come of a story that is directed: its video and its scenes, each event once.</summary>
/// <param name="open">Opens the video when its size is known.</param>
/// <param name="say">Tells the director.</param>
internal sealed class ReceivedDirection(Func<StoryAccepted, IVideoSink> open, Func<string, Task> say) : IAsyncDisposable
{
    private readonly List<PlannedScene> _planned = [];
    private readonly List<SceneFinished> _scenes = [];
    private StoryAccepted? _accepted;
    private StoryFinished? _finished;
    private IVideoSink? _sink;

    /// <summary>Number of the last event.</summary>
    public ulong Last { get; private set; }

    /// <summary>The first event of the story; null before it came.</summary>
    public StoryAccepted? Accepted => Volatile.Read(ref _accepted);

    /// <summary>The last event; null before it came.</summary>
    public StoryStateChanged? End { get; private set; }

    /// <summary>Takes an event.</summary>
    /// <exception cref="MediaException">The video cannot be written.</exception>
    public async Task TakeAsync(WatchStoryResponse item, CancellationToken cancellationToken)
    {
        switch (item.EventCase)
        {
            case WatchStoryResponse.EventOneofCase.Accepted:
                _sink = open(item.Accepted);
                Volatile.Write(ref _accepted, item.Accepted);
                break;
            case WatchStoryResponse.EventOneofCase.SceneStarted:
                _planned.Add(item.SceneStarted.Planned);
                await say($"Scene {_planned.Count}: {item.SceneStarted.Planned.Prompt}");
                if (item.SceneStarted.Planned.UnknownWords is { Count: > 0 } unknown)
                {
                    await say($"  The model has never seen these words and cannot show them: {string.Join(", ", unknown)}");
                }

                break;
            case WatchStoryResponse.EventOneofCase.Frame:
                await _sink!.AddFrameAsync(item.Frame.Frame.Rgb.Memory, cancellationToken);
                break;
            case WatchStoryResponse.EventOneofCase.SceneFinished:
                _scenes.Add(item.SceneFinished);
                break;
            case WatchStoryResponse.EventOneofCase.Finished:
                _finished = item.Finished;
                break;
            case WatchStoryResponse.EventOneofCase.Directed when item.Directed.IsServiceMade:
                await say("No line came for so long that the story ends.");
                break;
            case WatchStoryResponse.EventOneofCase.Waiting:
                var until = item.Waiting.UntilTime.ToDateTimeOffset().ToLocalTime().ToString("t", CultureInfo.CurrentCulture);
                await say(item.Waiting.IsPaused
                    ? $"The story pauses; /go goes on, or at {until} it ends."
                    : $"The story waits; type what happens next, or /stop, or at {until} it ends.");
                break;
            case WatchStoryResponse.EventOneofCase.StateChanged when item.Number > 0:
                End = item.StateChanged;
                break;
        }

        Last = Math.Max(Last, item.Number);
    }

    /// <summary>Puts the video in its place.</summary>
    /// <returns>What was made.</returns>
    /// <exception cref="CliException">The story did not come to its end.</exception>
    public async Task<StoryResult> CompleteAsync(string output, CancellationToken cancellationToken)
    {
        if (End?.State != StoryState.Succeeded || _finished is null)
        {
            throw CliException.Failure(End?.State switch
            {
                StoryState.Failed => End.Error.Message,
                StoryState.Cancelled => "The story was cancelled.",
                _ => "The service ended the story before it was complete.",
            });
        }

        await _sink!.CompleteAsync(cancellationToken);
        var plan = Accepted!.Clone();
        plan.Frames = _finished.Frames;
        plan.Scenes.Clear();
        plan.Scenes.Add(_planned.Zip(_scenes, AsItCameToBe));
        return new(plan, _scenes, _finished, StoryClient.Files(output));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_sink is not null)
        {
            await _sink.DisposeAsync();
        }
    }

    private static PlannedScene AsItCameToBe(PlannedScene planned, SceneFinished finished)
    {
        var scene = planned.Clone();
        (scene.Frames, scene.Clips) = ((uint)finished.Clips.Sum(clip => clip.Frames), (uint)finished.Clips.Count);
        return scene;
    }
}
