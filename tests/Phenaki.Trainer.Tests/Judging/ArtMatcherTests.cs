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
        int found = scenes.Where((scene, i) => art.Find(Frame(scene, (ulong)i), scene).IsOnceAndWhole).Count();
        Assert.True(found >= 0.95 * scenes.Length, $"found {found} of {scenes.Length}");
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
        byte[] frame = Frame(scene, 3);

        // Halves of the picture change sides: the subject's half is laid over the other half as well.
        byte[] twice = [.. frame];
        int from = Left(scene, 3) ? 0 : Size / 2;
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size / 2; x++)
            {
                frame.AsSpan(3 * ((y * Size) + from + x), 3).CopyTo(twice.AsSpan(3 * ((y * Size) + Size / 2 - from + x)));
            }
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

    private static bool Left(SceneSpec scene, ulong seed) => new StoryWorldDataset().DrawScene(scene, seed, 1).SubjectBoxes[0] is var box && box.X + (box.Width / 2) < Size / 2;
}
