using CsCheck;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.StoryWorld.Drawing;

namespace Phenaki.Trainer.Tests.StoryWorld;

public sealed class StoryWorldDatasetTests
{
    private static readonly StoryWorldDataset World = new();
    private static readonly ClipOptions Plain = new() { TransitionProbability = 0, StyleProbability = 0 };

    [Fact]
    public void Draw_SameSeedAndIndex_SameClipOnAnyThread()
    {
        var options = new ClipOptions();
        var expected = Enumerable.Range(0, 64).Select(i => World.Draw(7, (ulong)i, options)).ToArray();

        Parallel.For(0, expected.Length, i =>
        {
            var clip = World.Draw(7, (ulong)i, options);
            Assert.Equal(expected[i].Rgb, clip.Rgb);
            Assert.Equal(expected[i].Caption, clip.Caption);
            Assert.Equal(expected[i].SubjectBoxes, clip.SubjectBoxes);
        });
    }

    [Fact]
    public void Draw_OtherSeedOrIndex_OtherClips()
    {
        var clips = Enumerable.Range(0, 50).Select(i => World.Draw(1, (ulong)i, Plain).Caption).ToArray();
        var others = Enumerable.Range(0, 50).Select(i => World.Draw(2, (ulong)i, Plain).Caption).ToArray();

        Assert.NotEqual(clips, others);
        Assert.True(clips.Distinct().Count() > 40);
    }

    [Fact]
    public void Draw_Training_NeverHeldOutAndEveryClassOccurs()
    {
        var heldOut = StoryWorldCatalog.HeldOut.ToHashSet();
        var options = new ClipOptions { Frames = 1, TransitionProbability = 0 };
        var scenes = Enumerable.Range(0, 10_000).Select(i => World.Draw(3, (ulong)i, options).Scene).ToArray();

        Assert.DoesNotContain(scenes, scene => heldOut.Contains(scene.Combination));
        Assert.Equal(Enum.GetValues<Subject>().Length, scenes.Select(scene => scene.Subject).Distinct().Count());
        Assert.Equal(Enum.GetValues<Place>().Length, scenes.Select(scene => scene.Place).Distinct().Count());
        Assert.Equal(Enum.GetValues<SceneAction>().Length, scenes.Select(scene => scene.Action).Distinct().Count());
        Assert.Equal(Enum.GetValues<PictureStyle>().Length, scenes.Select(scene => scene.Style).Distinct().Count());
        Assert.Equal(StoryWorldCatalog.Trained.Count, scenes.Select(scene => scene.Combination).Distinct().Count());
    }

    [Fact]
    public void Before_Training_NeverHeldOutAndNeverTheSame()
    {
        var heldOut = StoryWorldCatalog.HeldOut.ToHashSet();
        var random = new WorldRandom(4);
        foreach (var scene in StoryWorldCatalog.Combinations.Concat(StoryWorldCatalog.Further))
        {
            for (var i = 0; i < 20; i++)
            {
                var earlier = ScenePicker.Before(scene, ref random);
                Assert.DoesNotContain(earlier, heldOut);
                Assert.NotEqual(scene, earlier);
                Assert.True(earlier.Subject == scene.Subject || earlier.Place == scene.Place);
            }
        }
    }

    [Fact]
    public void Scene_DeedThatIsHeldOutInMostPlaces_ComesAsOftenAsAnyOtherOfItsSubject()
    {
        var random = new WorldRandom(5);
        var options = new ClipOptions { StyleProbability = 0 };
        var dinosaurs = Enumerable.Range(0, 60_000).Select(_ => ScenePicker.Scene(options, ref random))
            .Where(scene => scene.Subject == Subject.Dinosaur && scene.Extras == SceneExtras.None).ToArray();
        var deeds = dinosaurs.CountBy(scene => scene.Action).ToDictionary();

        // Walking it is seen in the forest alone.
        Assert.Equal([Place.Forest], dinosaurs.Where(scene => scene.Action == SceneAction.Walk).Select(scene => scene.Place).Distinct());
        Assert.Equal(7, deeds.Count);
        Assert.All(deeds.Values, count => Assert.InRange(count, 0.8 * dinosaurs.Length / 7, 1.2 * dinosaurs.Length / 7));
    }

    [Fact]
    public void Draw_Further_InItsShareAndNeverOtherwise()
    {
        var further = StoryWorldCatalog.Further.ToHashSet();
        int Count(ClipOptions options) => Enumerable.Range(0, 4_000)
            .Count(i => further.Contains(World.Draw(3, (ulong)i, options with { Frames = 1 }).Scene.Combination));

        Assert.InRange(Count(new ClipOptions { FurtherProbability = 0.25 }), 900, 1_100);
        Assert.Equal(0, Count(new ClipOptions()));
        Assert.Equal(0, Count(new ClipOptions { FurtherProbability = 1, HeldOut = true }));
    }

    [Fact]
    public void Draw_Collage_InItsShareAndNeverHeldOut()
    {
        var heldOut = StoryWorldCatalog.HeldOut.ToHashSet();
        SceneSpec[] Collages(ClipOptions options) =>
            [.. Enumerable.Range(0, 4_000).Select(i => World.Draw(3, (ulong)i, options with { Frames = 1 }).Scene).Where(scene => scene.Backdrop is not null)];
        var collages = Collages(new ClipOptions { CollageProbability = 0.25 });

        Assert.InRange(collages.Length, 900, 1_100);
        Assert.All(collages, scene => Assert.True(scene.Backdrop!.Mirrored || scene.Backdrop.Style != scene.Style));
        Assert.DoesNotContain(collages, scene => heldOut.Contains(scene.Combination));
        Assert.Equal(28, collages.Select(scene => (scene.Style, scene.Backdrop)).Distinct().Count());
        Assert.Empty(Collages(new ClipOptions()));
        Assert.Empty(Collages(new ClipOptions { CollageProbability = 1, HeldOut = true }));
    }

    [Fact]
    public void Before_Collage_HasTheSameBackdrop()
    {
        var random = new WorldRandom(4);

        // The second scene has a predecessor in a story of the README, the robot's has not.
        foreach (var plain in new[] { StoryScript.Readme[0].Scenes[1].Scene, new SceneSpec(Subject.Robot, Place.Snow, SceneAction.Stand) })
        {
            var scene = plain with { Backdrop = new Backdrop(PictureStyle.Pencil, Mirrored: true) };
            var earlier = Enumerable.Range(0, 200).Select(_ => ScenePicker.Before(scene, ref random)).ToArray();

            // Fireworks are drawn in one way only.
            Assert.All(earlier, before => Assert.True(before.Has(SceneExtras.Fireworks) || before.Backdrop == scene.Backdrop, $"{before}"));
            Assert.DoesNotContain(earlier, before => before.Combination == scene.Combination);
        }
    }

    [Fact]
    public void DrawScene_MirroredBackdrop_MirrorsThePlaceAndNotTheSubject()
    {
        var scene = new SceneSpec(Subject.Robot, Place.Space, SceneAction.Stand);
        var plain = World.DrawScene(scene, 3, 1);
        var mirrored = World.DrawScene(scene with { Backdrop = new Backdrop(PictureStyle.Plain, Mirrored: true) }, 3, 1);
        Assert.Equal(plain.SubjectBoxes, mirrored.SubjectBoxes);
        var box = plain.SubjectBoxes[0];
        var (inPlace, inArt) = (0, 0);
        for (var at = 0; at < 64 * 64; at++)
        {
            var (x, y) = (at % 64, at / 64);
            if (IsInside(x, y))
            {
                Assert.InRange(Distance(at, at), 0, 40);
                inArt++;
            }
            else if (!IsInBox(x) && !IsInBox(63 - x))
            {
                Assert.Equal(0, Distance(at, at - x + 63 - x));
                inPlace++;
            }
        }

        Assert.True(inArt > 150 && inPlace > 300, $"{inArt} and {inPlace} pixels were compared.");
        bool IsInBox(int x) => x >= box.X && x < box.X + box.Width;

        // Faint all around, further than the rim is wide: the art itself, which is solid.
        bool IsInside(int x, int y) => x >= 3 && x < 61 && y >= 3 && y < 61
            && Enumerable.Range(0, 49).All(near => plain.Faintness[((y - 3 + (near / 7)) * 64) + x - 3 + (near % 7)] > 0);
        int Distance(int first, int second) => Enumerable.Range(0, 3).Max(channel => Math.Abs(plain.Rgb[(3 * first) + channel] - mirrored.Rgb[(3 * second) + channel]));
    }

    [Fact]
    public void DrawScene_BackdropOfAnotherStyle_ChangesThePlaceAlone()
    {
        var scene = new SceneSpec(Subject.Robot, Place.Space, SceneAction.Stand);
        var pencil = World.DrawScene(scene with { Style = PictureStyle.Pencil }, 3, 1);
        var collage = World.DrawScene(scene with { Backdrop = new Backdrop(PictureStyle.Pencil, Mirrored: false) }, 3, 1);
        var box = pencil.SubjectBoxes[0];

        var differs = Enumerable.Range(0, 64 * 64).Where(at => !pencil.Rgb.AsSpan(3 * at, 3).SequenceEqual(collage.Rgb.AsSpan(3 * at, 3))).ToArray();
        Assert.True(differs.Length > 300);
        Assert.All(differs, at => Assert.True(
            at % 64 >= box.X - 1 && at % 64 <= box.X + box.Width && at / 64 >= box.Y - 1 && at / 64 <= box.Y + box.Height, $"pixel {at} is not the subject's"));
    }

    [Fact]
    public void DrawScene_Faintness_MarksTheArtAndMoreWhereItHasLessContrast()
    {
        double Faintest(Subject subject)
        {
            var clip = World.DrawScene(new SceneSpec(subject, Place.Mars, SceneAction.Stand), 3, 2);
            float[][] frames = [.. clip.Faintness.Chunk(64 * 64)];
            Assert.Equal(2, frames.Length);
            foreach (var (frame, box) in frames.Zip(clip.SubjectBoxes))
            {
                var marked = Enumerable.Range(0, frame.Length).Where(at => frame[at] > 0).ToArray();
                Assert.InRange(marked.Length, 200, (box.Width + 4) * (box.Height + 4));
                Assert.All(marked, at => Assert.InRange(at % 64, box.X - 2, box.X + box.Width + 1));
                Assert.All(marked, at => Assert.InRange(at / 64, box.Y - 2, box.Y + box.Height + 1));

                // The box is that of the art with its soft edge: the rim reaches beyond it.
                Assert.Contains(marked, at => at % 64 < box.X || at % 64 >= box.X + box.Width || at / 64 < box.Y || at / 64 >= box.Y + box.Height);
                Assert.Single(marked.Select(at => frame[at]).Distinct());
            }

            return clip.Faintness.Max();
        }

        // What has too little contrast of its own is drawn with more.
        Assert.InRange(Faintest(Subject.Crab), 0.8, 1.6);
        Assert.InRange(Faintest(Subject.Dog), 0.8, 1.6);
        Assert.InRange(Faintest(Subject.Penguin), 0.4, 0.6);
    }

    [Fact]
    public void Load_AnySubject_HasContrastThatCanBeReadAndItsOwnColours()
    {
        foreach (var subject in Enum.GetValues<Subject>())
        {
            var sprites = SpriteSet.Load(subject, Motion.Cell)[(int)PictureStyle.Plain];
            Assert.InRange(sprites.ColourVariance, 0.06, 0.3);
        }

        // A crab is red, a dinosaur green.
        Assert.Equal(0, Strongest(Subject.Crab));
        Assert.Equal(1, Strongest(Subject.Dinosaur));

        static int Strongest(Subject subject)
        {
            var sprite = SpriteSet.Load(subject, Motion.Cell)[(int)PictureStyle.Plain].At(0, 0, mirrored: false);
            return Enumerable.Range(0, 3).MaxBy(channel => Enumerable.Range(0, sprite.Width * sprite.Height).Sum(at => sprite.Rgba[(4 * at) + channel]));
        }
    }

    [Fact]
    public void Draw_HeldOut_OnlyHeldOut()
    {
        var heldOut = StoryWorldCatalog.HeldOut.ToHashSet();
        for (ulong i = 0; i < 200; i++)
        {
            var clip = World.Draw(3, i, Plain with { HeldOut = true, Frames = 1 });
            Assert.Contains(clip.Scene, heldOut);
        }
    }

    [Fact]
    public void Draw_AnyClip_BoxesLieInsideTheFrame()
    {
        for (ulong i = 0; i < 500; i++)
        {
            var clip = World.Draw(5, i, new ClipOptions { Frames = 19 });
            Assert.Equal(19, clip.SubjectBoxes.Count);
            Assert.Equal(19 * 64 * 64 * 3, clip.Rgb.Length);
            Assert.All(clip.SubjectBoxes, box =>
            {
                Assert.InRange(box.X, 0, 63);
                Assert.InRange(box.Y, 0, 63);
                Assert.InRange(box.X + box.Width, box.X + 4, 64);
                Assert.InRange(box.Y + box.Height, box.Y + 4, 64);
            });
        }
    }

    [Fact]
    public void DrawScene_EveryCombination_PictureChangesWhereTheSubjectIs()
    {
        foreach (var scene in StoryWorldCatalog.Combinations)
        {
            var clip = World.DrawScene(scene, 8, 2);
            var stage = Stage.All[(int)scene.DrawnStyle];
            var box = clip.SubjectBoxes[1];
            int[] pixels = [.. Enumerable.Range(0, box.Width * box.Height).Select(i => (((box.Y + (i / box.Width)) * 64) + box.X + (i % box.Width)) * 3)];
            var changed = pixels.Count(at => Enumerable.Range(0, 8).All(phase =>
                !clip.Rgb.AsSpan(64 * 64 * 3)[at..(at + 3)].SequenceEqual(stage.Behind(scene.Place, phase)[at..(at + 3)])));
            Assert.True(changed > pixels.Length / 4, $"{scene}: {changed} of {pixels.Length}");
        }
    }

    [Fact]
    public void Draw_AnotherSubject_DissolvesInTwoFrames() =>
        AssertMixture(new(Subject.Dog, Place.Mars, SceneAction.Stand), new(Subject.Crab, Place.Mars, SceneAction.Stand), [1 / 3.0, 2 / 3.0]);

    [Fact]
    public void Draw_AnotherPlace_IsACut() =>
        AssertMixture(new(Subject.Dog, Place.Mars, SceneAction.Stand), new(Subject.Dog, Place.Snow, SceneAction.Stand), [1, 1]);

    [Fact]
    public void Next_AnyScenes_StandsOnHalfTheGridAtEvenFrames() =>
        Gen.Select(Gen.Int[0, StoryWorldCatalog.Combinations.Count - 1].Array[1, 5], Gen.ULong, Gen.Int[1, 6], Gen.Int[0, 3]).Sample((scenes, seed, length, start) =>
        {
            var random = new WorldRandom(seed);
            var actor = Motion.Start(StoryWorldCatalog.Combinations[scenes[0]], 2 * start, ref random);
            for (var time = 1; time < scenes.Length * 2 * length; time++)
            {
                // Scenes begin at odd frames, as clips of stories do.
                actor = Motion.Next(StoryWorldCatalog.Combinations[scenes[time / 2 / length]], actor, ((2 * start) + time) % Stage.Phases);
                if (time % 2 == 0 && (actor.X % 4 != 0 || actor.Y % 4 != 0))
                {
                    return false;
                }
            }

            return true;
        });

    [Fact]
    public void Next_OneScene_StandsOnTheGridOrInStepWithThePhases() =>
        Gen.Select(Gen.Int[0, StoryWorldCatalog.Combinations.Count - 1], Gen.ULong, Gen.Int[0, 3]).Sample((number, seed, start) =>
        {
            var scene = StoryWorldCatalog.Combinations[number];
            var random = new WorldRandom(seed);
            var actor = Motion.Start(scene, 2 * start, ref random);
            var places = new HashSet<(int X, int Y, int Phase)> { (actor.X, actor.Y, 2 * start) };
            for (var time = (2 * start) + 1; time < 60; time++)
            {
                actor = Motion.Next(scene, actor, time % Stage.Phases);
                if (time % 2 == 0)
                {
                    places.Add((actor.X, actor.Y, time % Stage.Phases));
                }
            }

            var inStep = scene.Action is SceneAction.Swim or SceneAction.Walk or SceneAction.Fly;
            return places.All(at => at.X is >= 0 and <= 32 && (at.X % Motion.Grid) == (inStep && at.Phase % 4 == 2 ? Motion.Grid / 2 : 0))
                && (scene.Action == SceneAction.Dive || places.All(at => at.Y % Motion.Grid == 0))
                && (!inStep || places.Select(at => at.X).Distinct().Count() > 3);
        });

    private static void AssertMixture(SceneSpec before, SceneSpec after, double[] weights)
    {
        var random = new WorldRandom(9);
        var first = new Film(Stage.All, [new Shot(before, 0)], ref random).Draw(11).Rgb;
        random = new WorldRandom(9);
        var both = new Film(Stage.All, [new Shot(before, 0), new Shot(after, 5)], ref random).Draw(11).Rgb;
        random = new WorldRandom(9);
        var last = new Film(Stage.All, [new Shot(after, 0)], ref random).Draw(11).Rgb;

        for (var frame = 0; frame < 11; frame++)
        {
            var weight = frame switch { < 5 => 0.0, 5 => weights[0], 6 => weights[1], _ => 1 };
            for (var i = frame * 12288; i < (frame + 1) * 12288; i += 7)
            {
                Assert.InRange(both[i], (first[i] * (1 - weight)) + (last[i] * weight) - 1.6, (first[i] * (1 - weight)) + (last[i] * weight) + 1.6);
            }
        }
    }

    [Fact]
    public void Draw_TransitionProbability_IsKept()
    {
        var frames = Enumerable.Range(0, 2000).Select(i => World.Draw(6, (ulong)i, new ClipOptions()).TransitionFrame).ToArray();

        Assert.InRange(frames.Count(frame => frame >= 0), 380, 500);
        Assert.Equal([-1, 0, 1, 3, 5, 7], frames.Distinct().Order());
    }

    [Fact]
    public void DrawScene_EachStyle_LooksDifferent()
    {
        var scene = new SceneSpec(Subject.Robot, Place.Forest, SceneAction.Walk);
        var pictures = Enum.GetValues<PictureStyle>().Select(style => World.DrawScene(scene with { Style = style }, 1, 1).Rgb).ToArray();

        for (var i = 0; i < pictures.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                Assert.True(pictures[i].Zip(pictures[j], (a, b) => Math.Abs(a - b)).Average() > 15);
            }
        }
    }

    [Fact]
    public void DrawStory_Readme_SubjectKeepsItsPlaceBetweenScenes()
    {
        foreach (var story in StoryScript.Readme)
        {
            var video = World.DrawStory(story, 2, 11);
            Assert.Equal(44 * 12288, video.Length);
            Assert.Equal(video, World.DrawStory(story, 2, 11));
        }

        var random = new WorldRandom(2);
        Shot[] shots = [.. StoryScript.Astronaut.Scenes.Select((part, i) => new Shot(part.Scene, i * 11))];
        var boxes = new Film(Stage.All, shots, ref random).Draw(44).Boxes;
        Assert.All(boxes.Zip(boxes.Skip(1)), pair => Assert.InRange(Centre(pair.Second) - Centre(pair.First), -8, 8));

        static int Centre(Box box) => box.X + (box.Width / 2);
    }

    [Theory]
    [InlineData(Place.Ocean, 0)]
    [InlineData(Place.UnderWater, 16)]
    public void Draw_DiveAfterAnotherScene_BeginsAtTheSurfaceWhereThePlaceIsNew(Place before, int surface)
    {
        var random = new WorldRandom(4);
        Shot[] shots = [new(new(Subject.TeddyBear, before, SceneAction.Swim), 0), new(new(Subject.TeddyBear, Place.UnderWater, SceneAction.Dive), 12)];
        var boxes = new Film(Stage.All, shots, ref random).Draw(29).Boxes;
        int lower = boxes[28].Y - boxes[12].Y;

        // The sea bed is 24 pixels below the surface.
        Assert.Equal(24 - surface, lower);
    }

    [Fact]
    public void DrawLater_AnyClip_IsOfItsSceneAloneAndRepeats()
    {
        for (ulong i = 0; i < 50; i++)
        {
            var clip = World.DrawLater(6, i, new ClipOptions { HeldOut = i % 2 == 0 });
            Assert.Equal((11, 11 * 12288, 11), (clip.Frames, clip.Rgb.Length, clip.SubjectBoxes.Count));
            Assert.Equal(i % 2 == 0, StoryWorldCatalog.HeldOut.Contains(clip.Scene.Combination));
            Assert.Equal(clip.Rgb, World.DrawLater(6, i, new ClipOptions { HeldOut = i % 2 == 0 }).Rgb);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Draw_NoFrames_Refused(int frames) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => World.Draw(1, 0, new ClipOptions { Frames = frames }));
}
