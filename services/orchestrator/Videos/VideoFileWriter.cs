using System.Runtime.CompilerServices;
using Phenaki.Media;
using Phenaki.Orchestrator.Durable;
using Phenaki.Story.V1;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Writes the frames of a story into a file.</summary>
internal sealed class VideoFileWriter(StoryJournal journal)
{
    private const int EventsAtATime = 16;
    private const int SheetFrames = 100;
    private const int SheetColumns = 10;
    private const long SheetPixels = 16_000_000;

    // Formats that are put together in memory.
    private const long BufferedBytes = 256 * 1024 * 1024;

    /// <summary>Writes a file.</summary>
    /// <param name="story">A story that is complete.</param>
    /// <param name="kind">Kind of the file.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops the writing; nothing is left behind.</param>
    /// <exception cref="VideoException">It is too long for the kind, or was deleted meanwhile.</exception>
    public Task WriteAsync(WireStory story, VideoFileKind kind, string path, CancellationToken cancellationToken) =>
        kind.IsStill ? WriteStillAsync(story, kind, path, cancellationToken) : WriteVideoAsync(story, kind, path, cancellationToken);

    private async Task WriteVideoAsync(WireStory story, VideoFileKind kind, string path, CancellationToken cancellationToken)
    {
        IVideoSink? sink = null;
        try
        {
            await foreach (var item in EventsAsync(story.Id, cancellationToken))
            {
                if (item.Accepted is { } plan)
                {
                    sink = Open(story, kind, path, plan);
                }
                else if (item.Frame is { } frame)
                {
                    await sink!.AddFrameAsync(frame.Frame.Rgb.Memory, cancellationToken);
                }
            }

            await (sink ?? throw VideoException.NoVideo(VideoId.Of(story.Id))).CompleteAsync(cancellationToken);
        }
        finally
        {
            await (sink?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private static IVideoSink Open(WireStory story, VideoFileKind kind, string path, StoryAccepted plan)
    {
        var (width, height) = ((int)plan.Width, (int)plan.Height);
        var scale = VideoLabels.ScaleOf(story, width, height);
        var buffered = 4L * story.Frames * width * height * scale * scale;
        if (kind.IsBuffered && buffered > BufferedBytes)
        {
            throw VideoException.Invalid("format", $"The video has {story.Frames} frames, too many for {kind.Name}; mp4 takes them.");
        }

        return VideoOutput.Open(path, width, height, plan.FramesPerSecond, new() { Scale = scale, Scaling = FrameScaling.Smooth });
    }

    private async Task WriteStillAsync(WireStory story, VideoFileKind kind, string path, CancellationToken cancellationToken)
    {
        var chosen = Chosen(story.Frames, kind == VideoFileKind.Thumbnail ? 1 : SheetFrames);
        StoryAccepted? plan = null;
        List<byte[]> frames = [];
        await foreach (var item in EventsAsync(story.Id, cancellationToken))
        {
            plan = item.Accepted ?? plan;
            if (item.Frame is { } frame && chosen.Contains(frame.Frame.Index))
            {
                frames.Add(frame.Frame.Rgb.ToByteArray());
            }

            if (frames.Count == chosen.Count)
            {
                break;
            }
        }

        if (plan is null || frames.Count == 0)
        {
            throw VideoException.NoVideo(VideoId.Of(story.Id));
        }

        var (width, height) = ((int)plan.Width, (int)plan.Height);
        var most = (int)Math.Sqrt((double)SheetPixels / ((long)width * height * frames.Count));
        await FrameStrip.WriteAsync(
            path, [.. frames.Chunk(SheetColumns)], width, height, Math.Clamp(VideoLabels.ScaleOf(story, width, height), 1, Math.Max(1, most)), gap: 0, cancellationToken);
    }

    /// <summary>Numbers of frames at equal distances; of a single one that in the middle.</summary>
    private static HashSet<uint> Chosen(uint frames, int most) => frames <= most
        ? [.. Enumerable.Range(0, (int)frames).Select(i => (uint)i)]
        : most == 1 ? [frames / 2] : [.. Enumerable.Range(0, most).Select(i => (uint)((long)i * (frames - 1) / (most - 1)))];

    private async IAsyncEnumerable<WatchStoryResponse> EventsAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var first = 1L; ; first += EventsAtATime)
        {
            var page = await journal.ReadAsync(id, first, EventsAtATime, cancellationToken);
            foreach (var item in page)
            {
                yield return item;
            }

            if (page.Count < EventsAtATime)
            {
                yield break;
            }
        }
    }
}
