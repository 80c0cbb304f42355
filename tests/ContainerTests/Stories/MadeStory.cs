using Phenaki.Story.V1;

namespace Phenaki.ContainerTests.Stories;

/// <summary>A story that was made.</summary>
/// <param name="Frames">The pixels of each frame.</param>
/// <param name="Clips">Clips that it was planned in.</param>
/// <param name="Finished">Its last event.</param>
/// <param name="Attempts">How often it was asked for until it was whole.</param>
internal sealed record MadeStory(IReadOnlyList<byte[]> Frames, long Clips, StoryFinished Finished, int Attempts)
{
    /// <summary>All calls to models.</summary>
    public uint ModelCalls =>
        Finished.ModelCalls.EncodePrompts + Finished.ModelCalls.SampleTokens + Finished.ModelCalls.DecodeVideo + Finished.ModelCalls.EncodeVideo;
}
