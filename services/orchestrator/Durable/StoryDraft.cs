using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>A story that is asked for.</summary>
/// <param name="Owner">The API key that it shall belong to.</param>
/// <param name="BodyHash">SHA-256 of the request as it was sent, hexadecimal.</param>
/// <param name="Request">The request as protobuf, without opening frames, with every default of this service written out.</param>
/// <param name="Opening">A request with the opening frames alone.</param>
/// <param name="Seed">Seed to use.</param>
/// <param name="Frames">Frames of the whole story.</param>
/// <param name="IsDirected">True for a story that takes commands.</param>
/// <param name="OpeningFrames">Number of its opening frames.</param>
/// <param name="Labels">Words of the client's own.</param>
[GenerateSerializer, Immutable, Alias("phenaki.story-draft")]
internal sealed record StoryDraft(
    [property: Id(0)] string Owner,
    [property: Id(1)] string BodyHash,
    [property: Id(2)] byte[] Request,
    [property: Id(3)] byte[] Opening,
    [property: Id(4)] ulong Seed,
    [property: Id(5)] uint Frames,
    [property: Id(6)] bool IsDirected,
    [property: Id(7)] int OpeningFrames,
    [property: Id(20)] Dictionary<string, string> Labels)
{
    /// <summary>The record of a new story.</summary>
    public StoryRecord ToRecord(DateTimeOffset now) => new()
    {
        Version = StoryRecord.CurrentVersion,
        Owner = Owner,
        BodyHash = BodyHash,
        Request = Request,
        Seed = Seed,
        Frames = Frames,
        IsDirected = IsDirected,
        OpeningFrames = OpeningFrames,
        Labels = Labels,
        State = StoryState.Queued,
        Created = now,
    };
}
