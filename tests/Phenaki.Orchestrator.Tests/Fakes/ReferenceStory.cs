using Phenaki.Orchestrator.Stories;

namespace Phenaki.Orchestrator.Tests.Fakes;

/// <summary>The story loop as the paper tells it, with everything in memory and nothing clever: what the real one must equal.</summary>
internal static class ReferenceStory
{
    public static List<ReadOnlyMemory<byte>> Frames(StoryRequest story, ulong seed)
    {
        var given = story.OpeningFrames.Count;
        var opening = given == 0 ? 0 : given >= 5 ? 5 : given >= 3 ? 3 : 1;
        var shown = story.OpeningFrames.TakeLast(opening).ToList();
        foreach (var (scene, number) in story.Scenes.Select((scene, number) => (scene, number)))
        {
            List<ReadOnlyMemory<byte>> made = [];
            for (var clip = 0; made.Count < scene.Frames; clip++)
            {
                var prefix = shown.Count == 0 ? 0 : shown.Count >= 5 ? 5 : shown.Count >= 3 ? 3 : 1;
                var frames = prefix;
                for (var latent = 1; latent <= 6; latent++)
                {
                    frames = (2 * latent) - 1;
                    if (frames >= prefix + scene.Frames - made.Count)
                    {
                        break;
                    }
                }

                var tokens = FakeMaskedTransformer.Sample(new(
                    (frames + 1) / 2,
                    prefix == 0 ? [] : FakeVideoTokenizer.Encode([.. shown.TakeLast(prefix)]),
                    FakeTextEncoder.Encode(scene.Prompt),
                    story.NegativePrompt is { } negative ? FakeTextEncoder.Encode(negative) : null,
                    story.Sampling,
                    scene.Seed ?? seed,
                    number,
                    clip));
                var added = FakeVideoTokenizer.Decode(tokens).Skip(prefix).Take(scene.Frames - made.Count).ToList();
                made.AddRange(added);
                shown.AddRange(added);
            }
        }

        return [.. shown.Skip(opening)];
    }
}
