using CsCheck;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using TorchSharp;
using static TorchSharp.torch;

namespace Phenaki.Models.Tests.Masked;

public sealed class ClipSamplerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phenaki-masked-").FullName;
    private readonly MaskedTransformerModel _model;

    public ClipSamplerTests() => _model = Load(TinyConfigs.Masked);

    private int Frame => _model.Rows * _model.Columns;

    [Fact]
    public void Step_UntilDone_FillsEverythingAndKeepsThePrefix()
    {
        int[] prefix = [.. Enumerable.Range(0, 2 * Frame)];
        using var sampler = _model.BeginClip(Request(seed: 1) with { PrefixTokens = prefix });
        Assert.Equal(2 + 4, sampler.Steps);
        int before = sampler.Masked;
        while (!sampler.IsDone)
        {
            sampler.Step();
            Assert.True(sampler.Masked < before);
            before = sampler.Masked;
            Assert.Equal(prefix, sampler.Tokens.Take(prefix.Length));
        }

        Assert.Equal(0, sampler.Masked);
        Assert.All(sampler.Tokens, token => Assert.InRange(token, 0, 63));
    }

    [Fact(Timeout = 120_000)]
    public async Task Step_WhileGarbageIsCollected_GivesTheSameTokens()
    {
        int[] calm = Finish(_model.BeginClip(Request(seed: 5)));
        await using var storm = GarbageStorm.Begin();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(calm, Finish(_model.BeginClip(Request(seed: 5))));
        }
    }

    [Fact]
    public void Step_NoPrefix_DecodesTheFirstLatentFrameBeforeTheRest()
    {
        using var sampler = _model.BeginClip(Request(seed: 1));
        Assert.Equal(8, sampler.Steps);
        for (int step = 0; step < 4; step++)
        {
            Assert.All(sampler.Tokens.Skip(Frame), token => Assert.Equal(64, token));
            sampler.Step();
        }

        Assert.DoesNotContain(64, sampler.Tokens.Take(Frame));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Step_APrefix_DecodesTheLatentFrameAfterItBeforeTheRest(int known)
    {
        int[] prefix = [.. Enumerable.Range(0, known * Frame)];
        using var sampler = _model.BeginClip(Request(seed: 1) with { PrefixTokens = prefix });
        for (int step = 0; step < 2; step++)
        {
            Assert.All(sampler.Tokens.Skip(prefix.Length + Frame), token => Assert.Equal(64, token));
            sampler.Step();
        }

        int[] next = sampler.Tokens[..(prefix.Length + Frame)];
        Assert.DoesNotContain(64, next);
        Assert.Equal(((4 - known) * Frame) - Frame, sampler.Masked);
        sampler.Step();
        Assert.Equal(next, sampler.Tokens[..next.Length]);
    }

    [Fact]
    public void Step_OneLatentFrameAfterAPrefix_IsDecodedOnce()
    {
        using var sampler = _model.BeginClip(Request(seed: 1) with { PrefixTokens = [.. Enumerable.Range(0, 3 * Frame)] });
        Assert.Equal(4, sampler.Steps);
    }

    [Fact]
    public void Step_Revisions_DrawEachQuarterAnewAndKeepThePrefix()
    {
        using var model = Load(TinyConfigs.Masked with { Revisions = 8 });
        int[] prefix = [.. Enumerable.Range(0, Frame)];
        using var sampler = model.BeginClip(Request(seed: 1) with { PrefixTokens = prefix });
        Assert.Equal(2 + 4 + 8, sampler.Steps);
        Enumerable.Range(0, 2 + 4).ToList().ForEach(_ => sampler.Step());
        for (int round = 0; round < 2; round++)
        {
            var seen = new HashSet<int>();
            for (int quarter = 0; quarter < 4; quarter++)
            {
                int[] before = sampler.Tokens;
                sampler.Step();
                Assert.Equal(0, sampler.Masked);
                var changed = before.Zip(sampler.Tokens).Index().Where(entry => entry.Item.First != entry.Item.Second).Select(entry => entry.Index).ToList();
                Assert.InRange(changed.Count, 1, ((4 * Frame) - prefix.Length + 3) / 4);
                Assert.All(changed, position => Assert.True(position >= prefix.Length && seen.Add(position)));
            }
        }

        Assert.True(sampler.IsDone);
        Assert.All(sampler.Tokens, token => Assert.InRange(token, 0, 63));
    }

    // Two and a half rounds: what a round leaves undone is not carried over to the whole clip. All codes are as likely: hardly a token stays what it was.
    [Fact]
    public void Step_StillRevisions_ReviseTheFirstLatentFrameBeforeTheRestIsDrafted()
    {
        using var model = Load(TinyConfigs.Masked with { StillRevisions = 10, Revisions = 4 }, change: network => network.named_parameters().ToList().ForEach(entry => entry.parameter.zero_()));
        using var sampler = model.BeginClip(Request(seed: 1));
        Assert.Equal(4 + 10 + 4 + 4, sampler.Steps);
        Enumerable.Range(0, 4).ToList().ForEach(_ => sampler.Step());
        int[] drafted = sampler.Tokens;
        for (int revision = 0; revision < 10; revision++)
        {
            sampler.Step();
            Assert.All(sampler.Tokens.Take(Frame), token => Assert.InRange(token, 0, 63));
            Assert.All(sampler.Tokens.Skip(Frame), token => Assert.Equal(64, token));
        }

        int[] still = [.. sampler.Tokens.Take(Frame)];
        Assert.NotEqual(drafted.Take(Frame), still);
        Enumerable.Range(0, 4).ToList().ForEach(_ => sampler.Step());
        Assert.Equal(still, sampler.Tokens.Take(Frame));
        Assert.Equal(0, sampler.Masked);
        var seen = new HashSet<int>();
        while (!sampler.IsDone)
        {
            int[] before = sampler.Tokens;
            sampler.Step();
            int[] changed = [.. before.Zip(sampler.Tokens).Index().Where(entry => entry.Item.First != entry.Item.Second).Select(entry => entry.Index)];
            Assert.InRange(changed.Length, 0.7 * Frame, Frame);
            Assert.All(changed, position => Assert.True(seen.Add(position)));
        }

        Assert.Contains(seen, position => position < Frame);
    }

    [Fact]
    public void Stages_OfAModelWithTheMostOfEverything_TakeAsManyStepsAsTheBoundSays()
    {
        var most = TinyConfigs.Masked with { StillRevisions = 64, Revisions = 64 };
        Assert.Empty(most.Violations());
        Assert.Equal(MaskedTransformerConfig.MaxStepsOfAllStages, most.Stages(most.MaxLatentFrames, 0, SamplingSettings.MaxSteps).Sum(stage => stage.Steps));
        Assert.NotEmpty((most with { Revisions = 65 }).Violations());
        Assert.NotEmpty((most with { StillRevisions = 65 }).Violations());
    }

    [Fact]
    public void Violations_StillRevisionsWithoutStillFirst_AreNamed() =>
        Assert.Equal(
            ["still_revisions is 4; without still_first it must be 0: there is no first frame to revise before the rest"],
            (TinyConfigs.Masked with { StillFirst = false, StillRevisions = 4 }).Violations());

    [Fact]
    public void Step_StillRevisionsAfterAPrefix_AreNone()
    {
        using var model = Load(TinyConfigs.Masked with { StillRevisions = 10 });
        using var revised = model.BeginClip(Request(seed: 1) with { PrefixTokens = [.. Enumerable.Range(0, Frame)] });
        using var plain = _model.BeginClip(Request(seed: 1) with { PrefixTokens = [.. Enumerable.Range(0, Frame)] });
        Assert.Equal(2 + 4, revised.Steps);
        Assert.Equal(Finish(plain), Finish(revised));
    }

    // A model that always gives one token of 64 the logit 12 and the others 0: at temperature 4 it is drawn in a quarter of all cases, at 2 in six of seven.
    [Theory]
    [InlineData(0, 0.242)]
    [InlineData(8, 0.865)]
    public void Step_Revisions_DrawAtHalfTheTemperature(int revisions, double share)
    {
        using var model = Load(TinyConfigs.Masked with { Revisions = revisions }, change: network =>
        {
            network.named_parameters().ToList().ForEach(entry => entry.parameter.zero_());
            network.named_parameters().Single(entry => entry.name == "output_bias").parameter.narrow(0, 0, 1).fill_(Number.Of(12f));
        });

        int[] tokens =
        [
            .. Enumerable.Range(0, 40).SelectMany(seed => Finish(model.BeginClip(
                Request((ulong)seed) with { Sampling = new SamplingSettings { Steps = 1, Temperature = 4, ChoiceTemperature = 0 } })))
        ];
        Assert.Equal(40 * 4 * Frame, tokens.Length);
        Assert.InRange(tokens.Count(token => token == 0) / (double)tokens.Length, share - 0.05, share + 0.05);
    }

    [Fact]
    public void Step_RevisionsAmongOtherClips_GiveTheSameTokensAsAlone()
    {
        using var model = Load(TinyConfigs.Masked with { Revisions = 3, StillRevisions = 5 });
        Gen.Select(AnyRequest.Array[4], Gen.Int[1, 4], Gen.Int[0, 9].Array[4]).Sample(
            (requests, cap, joins) => GiveTheSameTogether(model, requests, cap, joins), iter: 40, threads: 1);
    }

    [Fact]
    public void Step_AmongOtherClipsAtOtherSteps_GivesTheSameTokensAsAlone() =>
        Gen.Select(AnyRequest.Array[8], Gen.Int[0, 2].Select(i => new[] { 1, 3, 7 }[i]), Gen.Int[1, 8], Gen.Int[0, 5].Array[8]).Sample(
            (requests, neighbours, cap, joins) =>
            {
                var chosen = requests.Take(neighbours + 1).ToArray();
                return GiveTheSameTogether(_model, chosen, cap, joins);
            },
            iter: 200,
            threads: 1);

    // Kernels change their ways with the size of what they are given: the matrices here are those of the model that ships, with two layers of its six.
    [Fact]
    public void Step_AmongOthersAtFullWidth_GivesTheSameTokensAsAlone()
    {
        using var model = Load(TinyConfigs.Masked with
        {
            CodebookSize = 1 << 20, CodeParts = 2, Rows = 8, Columns = 8, MaxLatentFrames = 6, Width = 256, Heads = 8, Mlp = 1024, TextWidth = 192, MaxTextTokens = 64, AdaptiveNormWidth = 128,
        });
        var frame = Enumerable.Range(0, 64).ToArray();
        Gen.Select(Gen.ULong, Gen.Int[1, 24], Gen.Int[2, 6], Gen.Bool).Array[4].Sample(
            draws => GiveTheSameTogether(
                model,
                [.. draws.Select(draw => new ClipRequest
                {
                    TextEmbedding = [.. Enumerable.Range(0, draw.Item2 * 192).Select(i => MathF.Sin(i + (int)(draw.Item1 % 100)))],
                    TextTokens = draw.Item2,
                    LatentFrames = draw.Item3,
                    PrefixTokens = frame,
                    Sampling = new SamplingSettings { Steps = 2, GuidanceScale = draw.Item4 ? 3 : 1 },
                    Seed = draw.Item1,
                })],
                cap: 4,
                joins: [0, 0, 0, 1]),
            iter: 20,
            threads: 1);
    }

    [Fact]
    public void Step_ClipThatIsDone_IsRefusedBeforeAnyStep()
    {
        using var done = _model.BeginClip(Request(seed: 1));
        Enumerable.Range(0, done.Steps).ToList().ForEach(_ => done.Step());
        using var other = _model.BeginClip(Request(seed: 2));
        Assert.Throws<InvalidOperationException>(() => _model.Step([other, done]));
        Assert.Equal(0, other.StepsDone);
    }

    [Fact]
    public void BeginClip_PartOfTheKeyChanged_GivesOtherTokens()
    {
        int[] tokens = Finish(_model.BeginClip(Request(seed: 1)));
        Assert.Equal(tokens, Finish(_model.BeginClip(Request(seed: 1))));
        Assert.NotEqual(tokens, Finish(_model.BeginClip(Request(seed: 2))));
        Assert.NotEqual(tokens, Finish(_model.BeginClip(Request(seed: 1) with { Scene = 1 })));
        Assert.NotEqual(tokens, Finish(_model.BeginClip(Request(seed: 1) with { Clip = 1 })));
    }

    [Fact]
    public void Step_GuidanceScaleOne_EqualsNoGuidance()
    {
        // null + 1 * (cond - null) is cond: the negative prompt must not matter.
        var plain = Request(seed: 3) with { Sampling = new SamplingSettings { Steps = 4, GuidanceScale = 1 } };
        int[] tokens = Finish(_model.BeginClip(plain));
        Assert.Equal(tokens, Finish(_model.BeginClip(plain with { NegativeEmbedding = Embedding(5, 2), NegativeTokens = 5 })));
    }

    [Fact]
    public void Step_NegativePrompt_ChangesTheTokens()
    {
        int[] tokens = Finish(_model.BeginClip(Request(seed: 3)));
        Assert.NotEqual(tokens, Finish(_model.BeginClip(Request(seed: 3) with { NegativeEmbedding = Embedding(5, 2), NegativeTokens = 5 })));
    }

    [Fact]
    public void Forward_GuidanceRowsTogether_EqualTheRowsApart()
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var network = _model.Network;
        var tokens = randint(0, 65, [1, 4 * Frame], dtype: ScalarType.Int64);
        var wanted = tensor(Embedding(3, 1), [1, 3, 12]);
        var (text, mask) = TextBatch.Pad([wanted, network.EmptyText]);
        var positions = network.PositionBiases(4);
        var embeddings = network.Embeddings();
        var both = network.Forward(tokens.expand(2, 4 * Frame), embeddings, network.Project(text, mask), positions);
        var first = network.Forward(tokens, embeddings, network.Project(wanted, ones(1, 3, dtype: ScalarType.Bool)), positions);
        var second = network.Forward(tokens, embeddings, network.Project(network.EmptyText, ones(1, 1, dtype: ScalarType.Bool)), positions);
        Assert.True((both[0] - first[0]).abs().max().item<float>() < 1e-4f);
        Assert.True((both[1] - second[0]).abs().max().item<float>() < 1e-4f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Logits_OfMixedRows_AreTheMixOfTheirLogits(int part)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var network = new MaskedTransformerNetwork(TinyConfigs.Masked with { CodeParts = 2 }, CPU);
        var embeddings = network.Embeddings();
        var hidden = network.Hidden(randn(2, 5, TinyConfigs.Masked.Width), embeddings, part, tensor([0L, 9, 18, 27, 63]));

        var mixed = network.Logits(hidden[1].lerp(hidden[0], 3), embeddings, part);

        var apart = network.Logits(hidden[1], embeddings, part).lerp(network.Logits(hidden[0], embeddings, part), 3);
        Assert.True(mixed.allclose(apart, rtol: 1e-4, atol: 1e-4));
    }

    [Fact]
    public void Dispose_ManyClips_LeavesNoTensorBehind()
    {
        Finish(_model.BeginClip(Request(seed: 1)));
        long before = Living();
        for (ulong seed = 0; seed < 10; seed++)
        {
            Finish(_model.BeginClip(Request(seed)));
        }

        // A clip given up half way leaves nothing either.
        using (var given = _model.BeginClip(Request(seed: 1)))
        {
            given.Step();
        }

        Assert.Equal(before, Living());
    }

    [Theory]
    [InlineData("latent_frames is 5; allowed are 1 to 4")]
    [InlineData("prefix_tokens has 5 tokens")]
    [InlineData("text_embedding has 36 numbers in 4 rows")]
    [InlineData("steps is 0; allowed are 1 to 256")]
    public void BeginClip_RequestThatDoesNotFit_NamesFieldAndValue(string expected)
    {
        var request = Request(seed: 1) with { LatentFrames = 5, PrefixTokens = [1, 2, 3, 4, 5], TextTokens = 4, Sampling = new SamplingSettings { Steps = 0 } };
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => _model.BeginClip(request)).Message, StringComparison.Ordinal);
    }

    private static Gen<ClipRequest> AnyRequest { get; } = Gen.Select(
        Gen.ULong, Gen.Int[1, 10], Gen.Int[1, 4], Gen.Bool, Gen.Bool.Select(guided => guided ? 3f : 1f), Gen.Int[1, 5]).Select((seed, text, frames, prefix, guidance, steps) =>
        new ClipRequest
        {
            TextEmbedding = Embedding(text, (int)(seed % 7)),
            TextTokens = text,
            LatentFrames = frames,
            PrefixTokens = prefix && frames > 1 ? [.. Enumerable.Range(0, TinyConfigs.Masked.Rows * TinyConfigs.Masked.Columns)] : [],
            Sampling = new SamplingSettings { Steps = steps, GuidanceScale = guidance },
            Seed = seed,
        });

    [Fact]
    public void Load_InBFloat16_PredictsNearlyTheSameAndIsAnotherModel()
    {
        using var rounded = Load(TinyConfigs.Masked, Precision.BFloat16);
        Assert.NotEqual(_model.Identity.Fingerprint, rounded.Identity.Fingerprint);
        Assert.All(rounded.Network.parameters(), parameter => Assert.Equal(ScalarType.BFloat16, parameter.dtype));
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (exact, near) = (Rows(_model), Rows(rounded));
        Assert.Equal(ScalarType.Float32, exact.dtype);
        Assert.Equal(ScalarType.BFloat16, near.dtype);
        double error = (near.to_type(ScalarType.Float32) - exact).norm().item<float>() / exact.norm().item<float>();
        Assert.InRange(error, 1e-6, 0.05);

        Tensor Rows(MaskedTransformerModel model)
        {
            var tokens = ones(1, 4 * Frame, ScalarType.Int64);
            var text = tensor(Embedding(3, 1), [1, 3, 12]).to_type(model.Network.EmptyText.dtype);
            return model.Network.Forward(tokens, model.Embeddings, model.Network.Project(text, ones(1, 3, ScalarType.Bool)), model.PositionBiases(4));
        }
    }

    [Fact]
    public void LogitsInto_ARoomThatIsThere_FillsItWithTheLogits()
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var hidden = randn(5, 32);
        var expected = _model.Network.Logits(hidden, _model.LogitRows, 0);
        var room = full_like(expected, Number.Of(float.NaN));
        _model.Network.LogitsInto(room, hidden, _model.LogitRows, 0);
        Assert.True(room.allclose(expected));
    }

    [Fact]
    public void Step_InBFloat16_GivesTheSameTokensAgainAndAmongOthers()
    {
        using var model = Load(TinyConfigs.Masked, Precision.BFloat16);
        var requests = Enumerable.Range(0, 3).Select(i => Request((ulong)i)).ToArray();
        Assert.Equal(Finish(model.BeginClip(requests[0])), Finish(model.BeginClip(requests[0])));
        Assert.True(GiveTheSameTogether(model, requests, cap: 1, joins: [0, 1, 2]));
    }

    private MaskedTransformerModel Load(MaskedTransformerConfig config, string precision = Precision.Float32, Action<MaskedTransformerNetwork>? change = null)
    {
        string folder = Path.Combine(_folder, $"width-{config.Width}");
        using var generator = manual_seed(4);
        using (var network = new MaskedTransformerNetwork(config, CPU))
        {
            using var _ = no_grad();
            foreach (var (_, parameter) in network.named_parameters())
            {
                // Zero-initialised parts would hide what they break.
                parameter.add_(randn_like(parameter), Number.Of(0.2f));
            }

            network.Codebook!.normal_();
            change?.Invoke(network);
            ModelFolder.Write(folder, config, network, "card", ScalarType.Float32);
        }

        return MaskedTransformerModel.Load(folder, ComputeDevice.Cpu, precision);
    }

    // Each clip joins at a step of its own and leaves when it is done.
    private static bool GiveTheSameTogether(MaskedTransformerModel model, ClipRequest[] requests, int cap, int[] joins)
    {
        var alone = requests.Select(request => Finish(model.BeginClip(request))).ToList();
        model.MaxClipsPerForward = cap;
        ClipSampler[] clips = [.. requests.Select(model.BeginClip)];
        for (int step = 0; clips.Any(clip => !clip.IsDone); step++)
        {
            model.Step([.. clips.Where((clip, i) => step >= joins[i] && !clip.IsDone)]);
        }

        model.MaxClipsPerForward = 1;
        return clips.Select(Finish).Zip(alone).All(pair => pair.First.SequenceEqual(pair.Second));
    }

    private static long Living()
    {
        var statistics = DisposeScopeManager.Statistics.TensorStatistics;
        return statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount - statistics.DisposedInScopeCount - statistics.DisposedOutsideScopeCount;
    }

    private static ClipRequest Request(ulong seed) => new()
    {
        TextEmbedding = Embedding(3, 1),
        TextTokens = 3,
        LatentFrames = 4,
        Sampling = new SamplingSettings { Steps = 4, GuidanceScale = 3 },
        Seed = seed,
    };

    private static float[] Embedding(int rows, int salt) => [.. Enumerable.Range(0, rows * 12).Select(i => MathF.Sin((i * 1.7f) + salt))];

    private static int[] Finish(ClipSampler sampler)
    {
        using (sampler)
        {
            while (!sampler.IsDone)
            {
                sampler.Step();
            }

            return sampler.Tokens;
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
