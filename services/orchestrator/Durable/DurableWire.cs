using Google.Protobuf.WellKnownTypes;
using Phenaki.Story.V1;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.Orchestrator.Durable;

/// <summary>Writes stories and their events for the wire.</summary>
internal static class DurableWire
{
    /// <summary>Gives an event its number.</summary>
    /// <exception cref="ArgumentException">It is one that has none.</exception>
    public static WatchStoryResponse Number(GenerateStoryResponse item, ulong number)
    {
        var numbered = new WatchStoryResponse { Number = number };
        switch (item.EventCase)
        {
            case GenerateStoryResponse.EventOneofCase.Accepted:
                numbered.Accepted = item.Accepted;
                break;
            case GenerateStoryResponse.EventOneofCase.SceneStarted:
                numbered.SceneStarted = item.SceneStarted;
                break;
            case GenerateStoryResponse.EventOneofCase.Frame:
                numbered.Frame = item.Frame;
                break;
            case GenerateStoryResponse.EventOneofCase.SceneFinished:
                numbered.SceneFinished = item.SceneFinished;
                break;
            case GenerateStoryResponse.EventOneofCase.Finished:
                numbered.Finished = item.Finished;
                break;
            default:
                throw new ArgumentException($"{item.EventCase} has no number.", nameof(item));
        }

        return numbered;
    }

    /// <summary>The story as it is now.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="record">Its record.</param>
    /// <param name="news">How far it is.</param>
    /// <param name="director">Has its commands; null where it takes none.</param>
    public static WireStory Story(string id, StoryRecord record, StoryNews news, StoryDirector? director)
    {
        var timeline = director?.Timeline;
        var request = GenerateStoryRequest.Parser.ParseFrom(record.Request);
        return new()
        {
            Id = id,
            State = record.State,
            Request = timeline?.Apply(request) ?? request,
            Seed = record.Seed,
            CreateTime = Timestamp.FromDateTimeOffset(record.Created),
            StartTime = record.Started is { } started ? Timestamp.FromDateTimeOffset(started) : null,
            EndTime = record.Ended is { } ended ? Timestamp.FromDateTimeOffset(ended) : null,
            ExpireTime = Timestamp.FromDateTimeOffset(record.Expires),
            Error = Error(record),
            FramesMade = news.FramesMade,
            Frames = timeline?.Frames ?? record.Frames,
            Scene = news.Scene,
            Events = (ulong)news.Now.Events,
            Labels = { record.Labels },
            Direction = director is null ? null : Direction(director, news.Now),
        };
    }

    /// <summary>Why a story failed; null where it did not.</summary>
    public static StoryError? Error(StoryRecord record) =>
        record.ErrorCode == 0 ? null : new() { Code = record.ErrorCode, Message = record.ErrorMessage ?? "" };

    private static StoryDirection Direction(StoryDirector director, StoryTidings now) => new()
    {
        IsPaused = director.Timeline.PausedFrom is not null,
        IsEnding = director.Timeline.IsEnding,
        Waiting = now is { IsFinal: false, Waiting: { } waiting } ? StoryWaiting.Parser.ParseFrom(waiting) : null,
        Commands = (uint)director.Commands,
    };
}
