using Phenaki.Testing;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Tests.Training;

namespace Phenaki.Trainer.Tests.Data;

[Collection(OneAtATime.Name)]
public sealed class OwnDataTrainingTests
{
    [Fact(Timeout = 120_000)]
    public async Task Tokenizer_OwnVideos_LearnsFromThem()
    {
        using var folder = await TinyMedia.FolderAsync(6);
        var config = TinyTraining.Tokenizer with { Steps = 40, UnquantisedSteps = 30 };
        using var trainer = TinyTraining.Train(config, source: await TinyMedia.OpenAsync(new DataConfig { Path = folder.Path }));
        var losses = new List<double>();
        for (int step = 0; step < config.Steps; step++)
        {
            var figures = await TinyTraining.StepAsync(trainer, step);
            losses.Add(figures["loss"]);
            Assert.DoesNotContain("psnr_subject_clip", figures.Keys);
        }

        Assert.True(losses[20..30].Average() < losses[..10].Average(), string.Join(' ', losses));
    }

    [Fact(Timeout = 120_000)]
    public async Task Transformer_WithAndWithoutKeptTokens_LearnsTheSame()
    {
        using var folder = await TinyMedia.FolderAsync(5);
        using var kept = new TemporaryFolder();
        var source = await TinyMedia.OpenAsync(new DataConfig { Path = folder.Path, Windows = 2 });
        using var tokenizer = TinyTraining.Train(TinyTraining.Tokenizer);
        using var plain = TinyTraining.Train(TinyTraining.Transformer, tokenizer.Network, source.Vocabulary, source);
        using var cache = TokenCache.Open(kept.Path, "tokenizer", 1_000_000);
        using var cached = TinyTraining.Train(TinyTraining.Transformer, tokenizer.Network, source.Vocabulary, source, cache);
        for (int step = 0; step < 6; step++)
        {
            Assert.Equal((await TinyTraining.StepAsync(plain, step))["loss"], (await TinyTraining.StepAsync(cached, step))["loss"], 1e-4);
        }

        // Ten cuts of three frames and at most ten stills are all there is.
        Assert.InRange(cache.Count, 10, 20);
        TinyTraining.AssertClose(TinyTraining.Values(plain.State), TinyTraining.Values(cached.State), 1e-3);
    }
}
