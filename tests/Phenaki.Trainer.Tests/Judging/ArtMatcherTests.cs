using Phenaki.Trainer.Judging;
using Phenaki.Trainer.StoryWorld;

namespace Phenaki.Trainer.Tests.Judging;

public sealed class ArtMatcherTests
{
    private const int Size = StoryWorldDataset.Size;

    [Fact]
    public void Find_RealClips_SeesTheSubjectOnceAndWhole()
    {
        using var art = new ArtMatcher();
        SceneSpec[] scenes = [.. StoryWorldCatalog.Combinations.Where((scene, i) => scene.Extras == SceneExtras.None && i % 9 == 0)];
        var findings = scenes.Select((scene, i) => (scene, Finding: art.Find(Frame(scene, (ulong)i), scene))).ToArray();
        var missed = findings.Where(entry => !entry.Finding.IsOnceAndWhole).ToArray();
        Assert.True(missed.Length <= 0.05 * scenes.Length, $"missed {missed.Length} of {scenes.Length}: {string.Join("; ", missed)}");
    }

    [Fact]
    public void Find_AnotherSubject_DoesNotSeeIt()
    {
        using var art = new ArtMatcher();
        var subjects = Enum.GetValues<Subject>();
        Assert.All(subjects, subject =>
        {
            var there = new SceneSpec(subjects[((int)subject + 3) % subjects.Length], Place.Mars, SceneAction.Stand);
            Assert.False(art.Find(Frame(there, 1), there with { Subject = subject }).IsOnceAndWhole, $"{subject} seen in a picture of {there.Subject}");
        });
    }

    [Fact]
    public void Find_TwoOfThem_IsNotOnce()
    {
        using var art = new ArtMatcher();
        var scene = new SceneSpec(Subject.Penguin, Place.Forest, SceneAction.Stand);
        var starts = Enumerable.Range(0, 40).Select(seed => (Seed: (ulong)seed, Box: new StoryWorldDataset().DrawScene(scene, (ulong)seed, 1).SubjectBoxes[0])).ToArray();
        byte[] frame = Frame(scene, starts.MinBy(start => start.Box.X).Seed);
        byte[] twice = [.. frame];
        byte[] other = Frame(scene, starts.MaxBy(start => start.Box.X).Seed);
        for (int y = 0; y < Size; y++)
        {
            var right = (3 * ((y * Size) + (Size / 2)))..(3 * (y + 1) * Size);
            other.AsSpan(right).CopyTo(twice.AsSpan(right));
        }

        Assert.True(art.Find(frame, scene).IsOnceAndWhole);
        Assert.True(art.Find(twice, scene).Second > 0.7);
    }

    [Fact]
    public void Find_HalfOfIt_IsNotWhole()
    {
        using var art = new ArtMatcher();
        var scene = new SceneSpec(Subject.Robot, Place.Snow, SceneAction.Stand);
        byte[] frame = Frame(scene, 5);
        var box = new StoryWorldDataset().DrawScene(scene, 5, 1).SubjectBoxes[0];
        for (int y = box.Y + (box.Height / 2); y < Size; y++)
        {
            frame.AsSpan(3 * y * Size, 3 * Size).Fill(230);
        }

        Assert.False(art.Find(frame, scene).IsOnceAndWhole);
    }

    private static byte[] Frame(SceneSpec scene, ulong seed) => new StoryWorldDataset().DrawScene(scene, seed, 1).Rgb;
}
