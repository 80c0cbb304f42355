using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Video;
using Phenaki.Trainer.Commands;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;
using Phenaki.Trainer.Transformer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class GivenModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phenaki-from-").FullName;

    [Fact(Timeout = 120_000)]
    public async Task Tokenizer_FromAModel_BeginsWithItsWeightsAndKeepsItsCodes()
    {
        string model = WriteTokenizer("given", seed: 5);
        var config = TinyTraining.Tokenizer with { From = model, UnquantisedSteps = 0 };
        using var trainer = TinyTraining.Train(config);
        using var files = ModelFolder.Open(model);
        using var given = new VideoTokenizerNetwork(config.Model, CPU);
        files.LoadWeights(given, CPU);
        Assert.Equal(State(given)["to_code.weight"], State(trainer.Network)["to_code.weight"]);
        await TinyTraining.StepAsync(trainer, 0);

        // One step moves a mean by a hundredth at most; k-means would have put every code somewhere else.
        using var codes = nn.functional.normalize(((VectorQuantizer)given.Quantizer).Codebook, 2, 1);
        using var kept = (codes * ((VectorQuantizer)trainer.Network.Quantizer).Codebook).sum(1) > Number.Of(0.99);
        Assert.True(kept.sum().item<long>() > 20);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    public async Task Tokenizer_DecoderAlone_LeavesEveryTokenAsItWas(string precision)
    {
        string model = WriteTokenizer("given", seed: 5);
        var config = TinyTraining.Tokenizer with { From = model, UnquantisedSteps = 0, DecoderOnly = true, EmaDecay = 0.9, Precision = precision };
        using var files = ModelFolder.Open(model);
        using var given = new VideoTokenizerNetwork(config.Model, CPU);
        files.LoadWeights(given, CPU);
        using var trainer = TinyTraining.Train(config);
        await TinyTraining.StepAsync(trainer, 0);
        await TinyTraining.StepAsync(trainer, 1);

        var decoder = trainer.Network.DecoderParameters.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var (before, after) = (State(given), State(trainer.Network));
        Assert.Contains("decoder_temporal.", string.Join(' ', decoder), StringComparison.Ordinal);
        Assert.All(before.Where(entry => !decoder.Contains(entry.Key)), entry => Assert.Equal(entry.Value, after[entry.Key]));
        Assert.All(["from_code.weight", "decoder_position", "pixels_first.weight"], name => Assert.NotEqual(before[name], after[name]));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(24, 0, "detail_first.down.weight", "detail_later.down.weight")]
    [InlineData(0, 1, "decoder_spatial.1.attention.output.weight", "decoder_spatial.1.feed_forward.down.weight")]
    public async Task Tokenizer_WithADecoderThatHasMoreThanTheGivenModel_BeginsAsItAndLearnsTheRest(int pixelMlp, int extraLayers, params string[] learnt)
    {
        string model = WriteTokenizer("given", seed: 5);
        var sizes = TinyTraining.Tokenizer.Model with { PixelMlp = pixelMlp, ExtraDecoderLayers = extraLayers };
        var config = TinyTraining.Tokenizer with { From = model, UnquantisedSteps = 0, DecoderOnly = true, Model = sizes };
        using var files = ModelFolder.Open(model);
        using var given = new VideoTokenizerNetwork(TinyTraining.Tokenizer.Model, CPU);
        files.LoadWeights(given, CPU);
        using var trainer = TinyTraining.Train(config);
        using (no_grad())
        {
            using var codes = randn(1, 2, 16, 8);
            using var before = given.Decode(codes);
            using var after = trainer.Network.Decode(codes);
            Assert.True(before.equal(after).all().item<bool>());
        }

        await TinyTraining.StepAsync(trainer, 0);
        Assert.All(learnt, name => Assert.Contains(State(trainer.Network)[name], value => value != 0));
    }

    [Fact(Timeout = 120_000)]
    public async Task Tokenizer_WithAWiderDetailThanTheGivenModel_BeginsAsItAndLearnsAllOfIt()
    {
        var narrow = TinyTraining.Tokenizer with { Seed = 5, Model = TinyTraining.Tokenizer.Model with { PixelMlp = 24 } };
        string model = At("narrow");
        using (var given = TinyTraining.Train(narrow))
        {
            using var _ = no_grad();
            foreach (var (name, parameter) in given.Network.named_parameters().Where(entry => entry.name.StartsWith("detail", StringComparison.Ordinal)))
            {
                // Begins as zeros, which would hide a part that is not copied.
                parameter.normal_();
            }

            ModelFolder.Write(model, narrow.Model, given.Network, "card", ScalarType.Float32);
        }

        using var files = ModelFolder.Open(model);
        using var before = new VideoTokenizerNetwork(narrow.Model, CPU);
        files.LoadWeights(before, CPU);
        var config = TinyTraining.Tokenizer with { From = model, UnquantisedSteps = 0, DecoderOnly = true, Model = narrow.Model with { PixelMlp = 40 } };
        using var trainer = TinyTraining.Train(config);
        using (no_grad())
        {
            using var codes = randn(1, 2, 16, 8);
            using var narrowFrames = before.Decode(codes);
            using var wideFrames = trainer.Network.Decode(codes);
            Assert.True(narrowFrames.allclose(wideFrames, 1e-4, 1e-5));
        }

        await TinyTraining.StepAsync(trainer, 0);
        Assert.All(["detail_first.down.weight", "detail_later.down.weight"], name =>
            Assert.All(State(trainer.Network)[name].Chunk(40), row => Assert.All(row, value => Assert.NotEqual(0, value))));
        var error = Assert.Throws<InvalidOperationException>(() => TinyTraining.Train(config with { Model = narrow.Model with { PixelMlp = 16 } }));
        Assert.Contains("model.pixel_mlp is 16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Violations_DecoderAloneWithAFreshCodebook_AreNamed() =>
        Assert.Contains("unquantised_steps is 3", Assert.Single((TinyTraining.Tokenizer with { DecoderOnly = true, UnquantisedSteps = 3 }).Violations()), StringComparison.Ordinal);

    [Fact]
    public void Violations_RedrawWhileTheEncoderLearns_AreNamed()
    {
        var config = TinyTraining.Tokenizer with { Redraw = new RedrawConfig { Model = "m", Share = 2 } };
        Assert.Equal(["redraw.share is 2; allowed are 0 to 1", "redraw is set, but decoder_only is not: a masked transformer knows the tokens of a finished encoder alone"], config.Violations());
    }

    [Fact(Timeout = 120_000)]
    public async Task Tokenizer_DecoderAloneWithRedrawnTokens_LearnsFromThemAndRepeats()
    {
        var given = WriteModel("given", new CaptionVocabulary(StoryWorldDataset.Vocabulary));
        var config = TinyTraining.Tokenizer with { From = given.VideoTokenizer, UnquantisedSteps = 0, DecoderOnly = true };
        var redrawn = config with { Redraw = new RedrawConfig { Model = given.Folder, Share = 1 } };
        var losses = new List<double>();
        foreach (var settings in new[] { config, redrawn, redrawn })
        {
            using var trainer = TinyTraining.Train(settings);
            losses.Add((await TinyTraining.StepAsync(trainer, 0))["loss"]);
        }

        Assert.NotEqual(losses[0], losses[1]);
        Assert.Equal(losses[1], losses[2]);
        var other = redrawn with { Model = redrawn.Model with { PatchHeight = 32, Quantizer = redrawn.Model.Quantizer with { CodebookSize = 64 } }, From = null };
        var error = Assert.Throws<InvalidOperationException>(() => TinyTraining.Train(other));
        Assert.Contains("its rows is 4; the video tokenizer needs 2; its codebook_size is 32; the video tokenizer needs 64", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Tokenizer_SameStillAtEachStep_IsRedrawnAnewEachTime(double share)
    {
        var given = WriteModel("given", new CaptionVocabulary(StoryWorldDataset.Vocabulary));
        var config = TinyTraining.Tokenizer with
        {
            From = given.VideoTokenizer, UnquantisedSteps = 0, DecoderOnly = true, ClipsPerStep = 0, StillsPerStep = 1,
            Optimiser = new() { LearningRate = 1e-9, AdamLearningRate = 1e-9 }, Redraw = new RedrawConfig { Model = given.Folder, Share = share },
        };
        using var trainer = TinyTraining.Train(config, source: new OneClip(new StoryWorldSource(1, new WorldConfig())));
        double[] losses = [(await TinyTraining.StepAsync(trainer, 0))["loss"], (await TinyTraining.StepAsync(trainer, 1))["loss"]];
        Assert.Equal(share == 0, Math.Abs(losses[0] - losses[1]) < 1e-6);
    }

    private sealed class OneClip(IClipSource inner) : IClipSource
    {
        public string Description => inner.Description;

        public CaptionVocabulary Vocabulary => inner.Vocabulary;

        public IReadOnlyList<IReadOnlyList<string>> SamplePrompts => inner.SamplePrompts;

        public ValueTask<TrainingClip> DrawAsync(ClipDraw draw, Func<UInt128, bool> isKnown, CancellationToken cancellationToken) =>
            inner.DrawAsync(draw with { Index = 1 }, isKnown, cancellationToken);
    }

    [Fact(Timeout = 120_000)]
    public void Redraw_Clips_ChangesNoMoreTokensThanAllowedNoneBeforeAChangeAndEachClipForItself()
    {
        var given = WriteModel("given", new CaptionVocabulary(StoryWorldDataset.Vocabulary));
        var config = new RedrawConfig { Model = given.Folder, Share = 1, MostTokens = 0.5 };
        using var redraw = new TokenRedraw(config, TinyTraining.Tokenizer.Model, seed: 3, ComputeDevice.Cpu);
        using var none = new TokenRedraw(config with { Share = 0 }, TinyTraining.Tokenizer.Model, seed: 3, ComputeDevice.Cpu);
        using var scope = NewDisposeScope();
        var tokens = Number.Range(64, CPU).remainder(Number.Of(32)).view(2, 2, 16);
        TrainingClip[] clips = [new([], 3, "A dog swims in the ocean."), new([], 3, "A panda walks on mars.") { TransitionFrame = 1 }];
        Assert.True(none.Apply(tokens, clips, 0, 0).equal(tokens).all().item<bool>());
        for (long step = 0; step < 20; step++)
        {
            var drawn = redraw.Apply(tokens, clips, step, 4);
            var changed = drawn.not_equal(tokens).to_type(ScalarType.Int64);
            Assert.True(changed[0].sum().item<long>() <= 16);
            Assert.Equal(0, changed[1][0].sum().item<long>());
            Assert.True(changed[1][1].sum().item<long>() <= 8);
            Assert.True(redraw.Apply(tokens.narrow(0, 1, 1), [clips[1]], step, 5).equal(drawn.narrow(0, 1, 1)).all().item<bool>());
        }
    }

    [Fact(Timeout = 120_000)]
    public void Tokenizer_FromAModelOfAnotherSize_NamesTheFields()
    {
        string model = WriteTokenizer("given", seed: 5);
        var other = TinyTraining.Tokenizer.Model with { Width = 64, TemporalLayers = 2, Name = "other" };
        var error = Assert.Throws<InvalidOperationException>(() => TinyTraining.Train(TinyTraining.Tokenizer with { From = model, Model = other }));
        Assert.Contains("model.width is 64", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.temporal_layers is 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("model.name", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Transformer_FromAModel_TakesItsWeightsButTheCodesOfItsOwnTokenizer()
    {
        var given = WriteModel("given", new CaptionVocabulary(["cat", "dog", "."]));
        var vocabulary = TransformerStart.Widen(given, new CaptionVocabulary([.. StoryWorldDataset.Vocabulary, "cat"]));
        using var tokenizer = TinyTraining.Train(TinyTraining.Tokenizer with { Seed = 9 });
        using var fresh = TinyTraining.Train(TinyTraining.Transformer, tokenizer.Network, vocabulary);
        using var begun = TinyTraining.Train(TinyTraining.Transformer with { From = given.Folder }, tokenizer.Network, vocabulary);

        using var files = ModelFolder.Open(given.MaskedTransformer);
        using var text = ModelFolder.Open(given.TextEncoder);
        using var written = files.Weights.Tensors["output_projection.weight"].ReadTensor("output_projection.weight").to(ScalarType.Float32);
        Assert.Equal(written.data<float>().ToArray(), State(begun.Network)["output_projection.weight"]);
        Assert.Equal(State(fresh.Network)["codebook"], State(begun.Network)["codebook"]);

        // A word of both has its row, wherever it stands now; a new word has a random one, as in a fresh model.
        var had = SentencePiece(text);
        using var rows = text.Weights.Tensors["shared.weight"].ReadTensor("shared.weight").to(ScalarType.Float32);
        float[] cat = rows[Array.IndexOf(had, "\u2581cat")].contiguous().data<float>().ToArray();
        Assert.Equal(cat, Row(begun, vocabulary, "\u2581cat"));
        Assert.Equal(Row(fresh, vocabulary, "\u2581ocean"), Row(begun, vocabulary, "\u2581ocean"));
        Assert.Empty(vocabulary.Tokenizer.Encode("A cat. A dog. The ocean.").UnknownWords);
    }

    [Fact(Timeout = 120_000)]
    public void Transformer_FromAModelOfAnotherSize_NamesTheFieldsOfBothParts()
    {
        var given = WriteModel("given", new CaptionVocabulary(StoryWorldDataset.Vocabulary));
        using var tokenizer = TinyTraining.Train(TinyTraining.Tokenizer);
        var config = TinyTraining.Transformer with
        {
            From = given.Folder,
            Model = TinyTraining.Transformer.Model with { Layers = 2 },
            TextEncoder = TinyTraining.Transformer.TextEncoder with { DFf = 32 },
        };
        var error = Assert.Throws<InvalidOperationException>(() =>
            TinyTraining.Train(config, tokenizer.Network, new CaptionVocabulary(StoryWorldDataset.Vocabulary)));
        Assert.Contains("model.layers is 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("text_encoder.d_ff is 32", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task Command_RunThatBeganWithAModel_GoesOnWithThatModelAlone()
    {
        string config = Path.Combine(_folder, "tokenizer.json");
        await File.WriteAllTextAsync(config, ConfigFile.Write(TinyTraining.Tokenizer with { Steps = 1 }), TestContext.Current.CancellationToken);
        Assert.Equal(0, await InvokeAsync("--config", config, "--run", At("run1"), "--output", At("model1")));
        Assert.Equal(0, await InvokeAsync("--config", config, "--run", At("run2"), "--output", At("model2"), "--from", At("model1")));
        Assert.Equal(0, await InvokeAsync("--config", config, "--run", At("run2"), "--output", At("model2"), "--from", At("model1")));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => InvokeAsync("--config", config, "--run", At("run2"), "--output", At("model3")));
        Assert.Contains("other settings", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<InvalidOperationException>(() => InvokeAsync("--config", config, "--run", At("run2"), "--output", At("model3"), "--from", At("model2")));
        Assert.Contains("other settings", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<InvalidOperationException>(() => InvokeAsync("--config", config, "--run", At("run3"), "--output", At("model1"), "--from", At("model1")));
        Assert.Contains("another --output", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task Export_RunThatIsDone_WritesTheSameModelAgain()
    {
        string config = Path.Combine(_folder, "tokenizer.json");
        await File.WriteAllTextAsync(config, ConfigFile.Write(TinyTraining.Tokenizer with { Steps = 1 }), TestContext.Current.CancellationToken);
        Assert.Equal(0, await InvokeAsync("--config", config, "--run", At("run"), "--output", At("model")));
        string[] export = ["tokenizer", "--config", config, "--run", At("run"), "--device", "cpu", "--output"];
        Assert.Equal(0, await ExportCommand.Create().RunAsync([.. export, At("again")]));
        Assert.Equal(0, await ExportCommand.Create().RunAsync([.. export, At("wide"), "--storage", "float32"]));
        Assert.Equal(GivenModel.Fingerprint(At("model")), GivenModel.Fingerprint(At("again")));
        using var wide = ModelFolder.Open(At("wide"), VideoTokenizerConfig.Type);
        Assert.Equal("F32", wide.Weights.Tensors["to_code.weight"].Tensors["to_code.weight"].Dtype.ToString());
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static Task<int> InvokeAsync(params string[] arguments) => TokenizerCommand.Create().RunAsync([.. arguments, "--device", "cpu"]);

    private string WriteTokenizer(string name, ulong seed)
    {
        using var trainer = TinyTraining.Train(TinyTraining.Tokenizer with { Seed = seed });
        ModelFolder.Write(At(name), TinyTraining.Tokenizer.Model, trainer.Network, "", ScalarType.BFloat16);
        return At(name);
    }

    [Fact(Timeout = 120_000)]
    public async Task Mean_OfTwoModels_HoldsTheMeanOfTheirWeightsAndIsAModel()
    {
        var words = new CaptionVocabulary(["cat", "dog", "."]);
        var (first, second, mean) = (WriteModel("first", words, seed: 7), WriteModel("second", words, seed: 8), new ModelParts(At("mean")));
        Assert.Equal(0, await ClearErrors.ReportAsync(MeanCommand.Create().Parse(["--models", first.Folder, second.Folder, "--output", mean.Folder])));
        foreach (var (part, name) in new[] { ("text-encoder", "shared.weight"), ("masked-transformer", "output_projection.weight") })
        {
            var (a, b, both) = (Weights(first, part, name), Weights(second, part, name), Weights(mean, part, name));
            Assert.NotEqual(a, b);
            Assert.All(both.Index(), value => Assert.Equal((a[value.Index] + b[value.Index]) / 2, value.Item, MathF.Abs(value.Item / 256) + 1e-6f));
        }

        using var network = MaskedTransformerModel.Load(mean.MaskedTransformer, ComputeDevice.Cpu);
        Assert.Equal(GivenModel.Fingerprint(mean.TextEncoder), network.TextEncoderFingerprint);
        Assert.Equal(GivenModel.Fingerprint(first.VideoTokenizer), network.VideoTokenizerFingerprint);
    }

    [Fact(Timeout = 120_000)]
    public void Mean_OfModelsWithOtherWords_IsRefused()
    {
        var (first, second) = (WriteModel("first", new CaptionVocabulary(["cat", "dog"])), WriteModel("second", new CaptionVocabulary(["dog", "cat"])));
        var error = Assert.Throws<InvalidOperationException>(() => ModelMean.Write([first, second], new ModelParts(At("mean"))));
        Assert.Contains("has other words", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("mean")));
    }

    private static float[] Weights(ModelParts model, string part, string name)
    {
        using var files = ModelFolder.Open(Path.Combine(model.Folder, part));
        return files.Weights.Tensors[name].ReadFloats(name);
    }

    private ModelParts WriteModel(string name, CaptionVocabulary vocabulary, ulong seed = 7)
    {
        var parts = new ModelParts(At(name));
        WriteTokenizer(Path.Combine(name, "video-tokenizer"), seed: 5);
        using var tokenizer = TinyTraining.Train(TinyTraining.Tokenizer with { Seed = 5 });
        using var trainer = TinyTraining.Train(TinyTraining.Transformer with { Seed = seed }, tokenizer.Network, vocabulary);
        var config = TinyTraining.Transformer with { TextEncoder = TinyTraining.Transformer.TextEncoder with { VocabSize = vocabulary.Tokenizer.VocabularySize } };
        new ModelWriter(config, "made up", vocabulary, parts).Write(trainer, 0);
        return parts;
    }

    private static Dictionary<string, float[]> State(nn.Module module) => TinyTraining.Values(module.state_dict().Select(entry => (entry.Key, entry.Value)));

    private static string[] SentencePiece(ModelFolder files) =>
        [.. Models.Text.SentencePieceModelWriter.ReadPieces("spiece.model", files.ReadTokenizerFile(ModelFolder.SentencePieceFileName)!)];

    private static float[] Row(TransformerTrainer trainer, CaptionVocabulary vocabulary, string piece)
    {
        using var _ = no_grad();
        using var row = trainer.Text.state_dict()["shared.weight"][vocabulary.Pieces.Index().Single(entry => entry.Item == piece).Index].detach().contiguous();
        return row.data<float>().ToArray();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
