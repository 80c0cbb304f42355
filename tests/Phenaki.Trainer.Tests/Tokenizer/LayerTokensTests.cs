using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.StoryWorld.Drawing;
using Phenaki.Trainer.Tests.Training;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Transformer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Tokenizer;

[Collection(OneAtATime.Name)]
public sealed class LayerTokensTests : IDisposable
{
    private const int Columns = 8;
    private static readonly VideoTokenizerConfig Sizes = TinyTraining.Tokenizer.Model with
    {
        PatchHeight = 8, PatchWidth = 8, Quantizer = new QuantizerConfig { Type = "vq", CodebookSize = 4096, CodeWidth = 8, Parts = 2 },
    };

    private static readonly TokenizerTrainingConfig Config = TinyTraining.Tokenizer with { Model = Sizes };
    private readonly string _folder = Directory.CreateTempSubdirectory("phenaki-layers-").FullName;

    [Fact(Timeout = 120_000)]
    public void Of_SameSubjectInOtherPlaces_HasTheSameTokensThere()
    {
        using var layers = Layers(WriteTeacher("teacher", 5));
        var (inSpace, of) = layers.Of([ClipOf(Subject.Panda, Place.Space, SceneAction.Fly)])[0];
        var (inForest, ofToo) = layers.Of([ClipOf(Subject.Panda, Place.Forest, SceneAction.Fly)])[0];
        Assert.Equal(of, ofToo);
        Assert.InRange(of.Count(isSubject => isSubject), 2 * 12, 2 * 30);
        Assert.Equal(inSpace.Where((_, i) => of[i]), inForest.Where((_, i) => of[i]));
        Assert.NotEqual(inSpace.Where((_, i) => !of[i]), inForest.Where((_, i) => !of[i]));
    }

    [Fact(Timeout = 120_000)]
    public void Of_OtherSubjectInAPlaceWithoutShadows_LeavesTheTokensElsewhere()
    {
        using var layers = Layers(WriteTeacher("teacher", 5));
        var (panda, ofPanda) = layers.Of([ClipOf(Subject.Panda, Place.Space, SceneAction.Fly)])[0];
        var (robot, ofRobot) = layers.Of([ClipOf(Subject.Robot, Place.Space, SceneAction.Fly)])[0];
        Assert.Equal(panda.Where((_, i) => !ofPanda[i] && !ofRobot[i]), robot.Where((_, i) => !ofPanda[i] && !ofRobot[i]));
        Assert.NotEqual(panda.Where((_, i) => ofPanda[i] && ofRobot[i]), robot.Where((_, i) => ofPanda[i] && ofRobot[i]));
    }

    [Fact(Timeout = 120_000)]
    public void Of_SubjectAPatchFurther_HasTheSameTokensAPatchFurther()
    {
        using var layers = Layers(WriteTeacher("teacher", 5));
        var scene = new SceneSpec(Subject.Robot, Place.Mars, SceneAction.Dance);
        var (here, of) = layers.Of([Clip([.. Enumerable.Range(0, 3).Select(phase => new FrameState(scene, new Actor(8, 24, 1), phase))])])[0];
        var (there, ofToo) = layers.Of([Clip([.. Enumerable.Range(0, 3).Select(phase => new FrameState(scene, new Actor(16, 24, 1), phase))])])[0];
        Assert.All(Enumerable.Range(0, here.Length).Where(at => at % Columns < Columns - 1), at =>
        {
            Assert.Equal(of[at], ofToo[at + 1]);
            if (of[at])
            {
                Assert.Equal(here[at], there[at + 1]);
            }
        });
        Assert.Contains(true, of);
    }

    [Fact(Timeout = 120_000)]
    public void Of_SubjectOnLand_ItsShadowChangesTokensBelowItAlone()
    {
        using var layers = Layers(WriteTeacher("teacher", 5));
        var scene = new SceneSpec(Subject.Robot, Place.Mars, SceneAction.Stand);
        var (left, _) = layers.Of([Clip([new FrameState(scene, new Actor(0, 24, 1), 0)])])[0];
        var (right, _) = layers.Of([Clip([new FrameState(scene, new Actor(32, 24, 1), 0)])])[0];
        int[] differ = [.. Enumerable.Range(0, left.Length).Where(at => left[at] != right[at])];

        // The subject is in rows 3 to 6, its shadow, from pixel 51 on, in 6 and 7.
        Assert.All(differ, at => Assert.InRange(at / Columns, 3, 7));
        Assert.Contains(differ, at => at / Columns == 7);
    }

    [Fact(Timeout = 120_000)]
    public void Of_SubjectInWaves_IsSeaBelowTheWaterLine()
    {
        using var layers = Layers(WriteTeacher("teacher", 5));
        var (_, of) = layers.Of([ClipOf(Subject.Panda, Place.Ocean, SceneAction.Swim)])[0];
        Assert.All(Enumerable.Range(0, of.Length).Where(at => of[at]), at => Assert.InRange(at / Columns % 8, 0, 4));
        Assert.Contains(true, of);
    }

    [Fact(Timeout = 120_000)]
    public void Of_SeveralClips_HasTheTokensOfEachAlone()
    {
        string teacher = WriteTeacher("teacher", 5);
        TrainingClip[] clips = [ClipOf(Subject.Panda, Place.Space, SceneAction.Fly), ClipOf(Subject.Robot, Place.Mars, SceneAction.Dance), ClipOf(Subject.Panda, Place.Mars, SceneAction.Walk)];
        using var layers = Layers(teacher);
        var together = layers.Of(clips);
        Assert.All(clips.Zip(together), pair =>
        {
            using var alone = Layers(teacher);
            var (tokens, isSubject) = alone.Of([pair.First])[0];
            Assert.Equal(tokens, pair.Second.Tokens);
            Assert.Equal(isSubject, pair.Second.IsSubject);
        });
    }

    [Fact(Timeout = 120_000)]
    public void Create_TeacherOfOtherCodesOrSizes_IsRefused()
    {
        using var other = new VideoTokenizerNetwork(Sizes, CPU);
        var layers = new LayersConfig { Teacher = WriteTeacher("teacher", 5) };
        var error = Assert.Throws<InvalidOperationException>(() => new LayerTokens(layers, Sizes, ((VectorQuantizer)other.Quantizer).Codebook, CPU));
        Assert.Contains("are not those of the video tokenizer that learns", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidOperationException>(() => new LayerTokens(layers, Sizes with { Width = 64 }, ((VectorQuantizer)other.Quantizer).Codebook, CPU));
        Assert.Contains("model.width is 64", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Of_ClipOfUnknownMaking_IsRefused()
    {
        using var layers = Layers(WriteTeacher("teacher", 5));
        Assert.Throws<ArgumentException>(() => layers.Of([new TrainingClip([], 3, "A cat.")])[0]);
    }

    [Fact(Timeout = 240_000)]
    public async Task Step_EncoderThatLearnsTokens_GetsBetterAndNothingElseChanges()
    {
        string teacher = WriteTeacher("teacher", 5, attention: 1);
        var config = Config with { From = teacher, UnquantisedSteps = 0, Layers = new LayersConfig { Teacher = teacher } };
        using var trainer = TinyTraining.Train(config);
        var before = TinyTraining.Values(trainer.Network.state_dict().Select(entry => (entry.Key, entry.Value)));
        var losses = new List<double>();
        for (long step = 0; step < 12; step++)
        {
            var figures = await TinyTraining.StepAsync(trainer, step);
            losses.Add(figures["loss"]);
            Assert.InRange(figures["right_subject_clip"], 0, 1);
            Assert.InRange(figures["right_elsewhere_still"], 0, 1);
        }

        Assert.True(losses.TakeLast(4).Average() < losses.Take(4).Average(), string.Join(", ", losses));
        var after = TinyTraining.Values(trainer.Network.state_dict().Select(entry => (entry.Key, entry.Value)));
        var encoder = trainer.Network.EncoderParameters.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(before, entry => Assert.Equal(!encoder.Contains(entry.Key), entry.Value.SequenceEqual(after[entry.Key])));
        Assert.Contains("to_code.weight", encoder);
        Assert.DoesNotContain(encoder, name => name.StartsWith("quantizer", StringComparison.Ordinal));
    }

    [Fact(Timeout = 240_000)]
    public async Task Step_EncoderThatLearnsFromWhatIsDecoded_SeesAnotherPicture()
    {
        string teacher = WriteTeacher("teacher", 5);
        var losses = new List<double>();
        foreach (double decoded in new[] { 0, 1, 1 })
        {
            using var trainer = TinyTraining.Train(Config with { From = teacher, UnquantisedSteps = 0, Layers = new LayersConfig { Teacher = teacher, Decoded = decoded } });
            losses.Add((await TinyTraining.StepAsync(trainer, 0))["loss"]);
        }

        Assert.NotEqual(losses[0], losses[1], 1e-4);
        Assert.Equal(losses[1], losses[2]);
    }

    [Fact(Timeout = 240_000)]
    public async Task Step_DecoderThatLearnsLayers_SeesItsOwnTokensInTheirShare()
    {
        string teacher = WriteTeacher("teacher", 5);
        var plain = Config with { From = teacher, UnquantisedSteps = 0, DecoderOnly = true };
        async Task<double> LossAsync(TokenizerTrainingConfig config)
        {
            using var trainer = TinyTraining.Train(config);
            return (await TinyTraining.StepAsync(trainer, 0))["loss"];
        }

        double of = await LossAsync(plain);
        Assert.Equal(of, await LossAsync(plain with { Layers = new LayersConfig { Teacher = teacher, Own = 1 } }), 1e-6);
        Assert.NotEqual(of, await LossAsync(plain with { Layers = new LayersConfig { Teacher = teacher } }), 1e-4);
    }

    [Fact(Timeout = 240_000)]
    public async Task Load_SamplesWithLayers_KnownTokensAreTheTokenizersOwnInTheirShare()
    {
        string teacher = WriteTeacher("teacher", 5);
        using var files = ModelFolder.Open(teacher);
        using var tokenizer = new VideoTokenizerNetwork(Sizes, CPU);
        files.LoadWeights(tokenizer, CPU);
        using var layers = Layers(teacher);
        foreach (double own in new[] { 0.0, 1.0 })
        {
            var config = TinyTraining.Transformer with
            {
                Model = TinyTraining.Transformer.Model with { CodebookSize = 4096, CodeParts = 2, Rows = 8, Columns = 8 },
                Layers = new LayersConfig { Teacher = teacher, Own = own },
            };
            var source = new StoryWorldSource(3, new WorldConfig());
            TransformerBatches Batches(LayerTokens? of) => new(source, tokenizer, Sizes.Geometry(), source.Vocabulary.Tokenizer, config, CPU, layers: of);
            var samples = (await Batches(layers).ReadAsync(0, TestContext.Current.CancellationToken))[0];
            using var scope = NewDisposeScope();
            long[][] made = [.. Batches(layers).Load(samples).Tokens.data<long>().ToArray().Chunk(128)];
            long[][] seen = [.. Batches(null).Load(samples).Tokens.data<long>().ToArray().Chunk(128)];
            foreach (var (i, clip) in samples.Clips.Index())
            {
                int known = samples.Examples[i].Known * 64;
                long[] drawn = [.. layers.Of([clip])[0].Tokens.Select(token => (long)token)];
                Assert.Equal(own > 0, samples.Examples[i].ShowsOwn);
                Assert.Equal(own > 0 ? [.. seen[i].Take(known), .. drawn.Skip(known)] : drawn, made[i]);
            }

            Assert.Contains(samples.Examples, example => example.Known > 0);
        }
    }

    [Fact]
    public void Violations_LayersThatCannotBe_AreNamed()
    {
        var layers = new LayersConfig { Teacher = "t" };
        Assert.Empty((Config with { UnquantisedSteps = 0, Layers = layers }).Violations());
        Assert.Equal(
            ["layers.own is 2; allowed are 0 to 1", "layers.decoded is NaN; allowed are 0 to 1"],
            (TinyTraining.Transformer with { Layers = new LayersConfig { Own = 2, Decoded = double.NaN } }).Violations());
        Assert.Equal(
            ["layers.decoded is 0.3, but a transformer decodes nothing while it learns; allowed is 0"], (TinyTraining.Transformer with { Layers = layers with { Decoded = 0.3 } }).Violations());
        Assert.Equal(
            ["layers.decoded is 1; with decoder_only no encoder learns; allowed is 0"],
            (Config with { UnquantisedSteps = 0, DecoderOnly = true, Layers = layers with { Decoded = 1 } }).Violations());
        Assert.Equal(
            ["layers is set, but so is data: of StoryWorld alone it is known what stands before what; allowed is one of the two"],
            (TinyTraining.Transformer with { Layers = layers, Data = new DataConfig { Path = "p" } }).Violations());
        Assert.Equal(["unquantised_steps is 3; with layers it must be 0: the codebook stays as it is"], (Config with { Layers = layers }).Violations());
        Assert.Equal(
            ["perceptual_weight, adversarial_weight or layers.own is above 0, but with layers and without decoder_only nothing is decoded; allowed is 0"],
            (Config with { UnquantisedSteps = 0, Layers = layers with { Own = 0.5 } }).Violations());
        Assert.Equal(
            ["layers and redraw are set; allowed is one of the two"],
            (Config with { UnquantisedSteps = 0, DecoderOnly = true, Layers = layers, Redraw = new RedrawConfig { Model = "m" } }).Violations());
        var rounding = Sizes with { Quantizer = new QuantizerConfig { Type = "fsq", CodebookSize = 64, CodeWidth = 2, Levels = [8, 8] } };
        Assert.Equal(["layers is set, but model.quantizer.type is fsq; allowed is vq"], (Config with { Model = rounding, UnquantisedSteps = 0, Layers = layers }).Violations());
    }

    [Fact]
    public void With_NoTeacherAnywhere_IsRefused()
    {
        Assert.Equal("a", new LayersConfig { Teacher = "b" }.With("a").Teacher);
        Assert.Equal("b", new LayersConfig { Teacher = "b" }.With(null).Teacher);
        var error = Assert.Throws<InvalidOperationException>(() => new LayersConfig().With(null));
        Assert.Contains("name it by layers.teacher or --teacher", error.Message, StringComparison.Ordinal);
    }

    private static TrainingClip ClipOf(Subject subject, Place place, SceneAction action) => Clip(new StoryWorldDataset().DrawScene(new SceneSpec(subject, place, action), 3, 3).States);

    private static TrainingClip Clip(IReadOnlyList<FrameState> states) => new([], states.Count, "") { States = states };

    private static LayerTokens Layers(string teacher)
    {
        using var files = ModelFolder.Open(teacher);
        using var network = new VideoTokenizerNetwork(Sizes, CPU);
        files.LoadWeights(network, CPU);
        return new LayerTokens(new LayersConfig { Teacher = teacher }, Sizes, ((VectorQuantizer)network.Quantizer).Codebook, CPU);
    }

    // With more attention than a new network has, as in one that has learned, a token depends on the whole picture.
    private string WriteTeacher(string name, ulong seed, float attention = 6)
    {
        string path = Path.Combine(_folder, name);
        using var trainer = TinyTraining.Train(Config with { Seed = seed });
        foreach (var (_, parameter) in trainer.Network.named_parameters().Where(entry => entry.name.StartsWith("encoder_spatial", StringComparison.Ordinal)))
        {
            using var _ = no_grad();
            parameter.mul_(Number.Of(attention));
        }

        ModelFolder.Write(path, Sizes, trainer.Network, "", ScalarType.Float32);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
