using Phenaki.Media;
using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>What has come of a story. When it is asked for again the same events come again, and those that were taken are passed over.</summary>
/// <param name="progress">Is told of every event once, but of steps whenever they happen.</param>
/// <param name="open">Opens the video when its size is known.</param>
/// <param name="onFrame">Told of every frame that had not come before.</param>
internal sealed class ReceivedStory(IStoryProgress progress, Func<StoryAccepted, IVideoSink> open, Action onFrame) : IAsyncDisposable
{
    private readonly List<SceneFinished> _scenes = [];
    private IVideoSink? _sink;
    private long _frames;
    private long _seen;
    private long _started;

    /// <summary>What the service has planned; null before it says so.</summary>
    public StoryAccepted? Plan { get; private set; }

    /// <summary>Scenes that are complete.</summary>
    public IReadOnlyList<SceneFinished> Scenes => _scenes;

    /// <summary>The last event of the story; null before it came.</summary>
    public StoryFinished? Finished { get; private set; }

    /// <summary>The story comes again from its begin.</summary>
    public void BeginAgain() => _seen = 0;

    /// <summary>Takes an event.</summary>
    /// <exception cref="MediaException">The video cannot be written.</exception>
    public async Task TakeAsync(GenerateStoryResponse item, CancellationToken cancellationToken)
    {
        switch (item.EventCase)
        {
            case GenerateStoryResponse.EventOneofCase.Accepted when Plan is null:
                Plan = item.Accepted;
                _sink = open(Plan);
                progress.Show(item);
                break;
            case GenerateStoryResponse.EventOneofCase.Accepted when item.Accepted.Seed != Plan!.Seed || item.Accepted.Frames != Plan.Frames:
                throw CliException.Failure("The story broke off, and the service that took it over plans another.");
            case GenerateStoryResponse.EventOneofCase.SceneStarted when item.SceneStarted.Scene >= _started:
                _started = item.SceneStarted.Scene + 1;
                progress.Show(item);
                break;
            case GenerateStoryResponse.EventOneofCase.Progress:
                progress.Show(item);
                break;
            case GenerateStoryResponse.EventOneofCase.Frame:
                await TakeFrameAsync(item.Frame.Frame.Rgb.Memory, cancellationToken);
                break;
            case GenerateStoryResponse.EventOneofCase.SceneFinished when item.SceneFinished.Scene >= _scenes.Count:
                _scenes.Add(item.SceneFinished);
                progress.Show(item);
                break;
            case GenerateStoryResponse.EventOneofCase.Finished when Finished is null:
                Finished = item.Finished;
                progress.Show(item);
                break;
        }
    }

    /// <summary>Puts the video in its place, once <see cref="Finished"/> came and the call ended well.</summary>
    /// <exception cref="MediaException">The video cannot be written.</exception>
    public ValueTask CompleteAsync(CancellationToken cancellationToken) => _sink!.CompleteAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_sink is not null)
        {
            await _sink.DisposeAsync();
        }
    }

    private async Task TakeFrameAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellationToken)
    {
        if (_seen++ == _frames)
        {
            await _sink!.AddFrameAsync(rgb, cancellationToken);
            _frames++;
            onFrame();
        }
    }
}
