using System.CommandLine;
using Phenaki.Testing;
using Phenaki.Trainer.Commands;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Tests.Training;
using Phenaki.Trainer.Training;

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

    [Fact(Timeout = 240_000)]
    public async Task Commands_OwnVideos_TrainAndEvaluateAModel()
    {
        using var folder = await TinyMedia.FolderAsync(6);
        using var work = new TemporaryFolder();
        var data = new DataConfig { Path = folder.Path, HeldOut = 0.3 };
        await TinyMedia.TextAsync(work.Of("tokenizer.json"), ConfigFile.Write(TinyTraining.Tokenizer with { Data = data, Steps = 2, UnquantisedSteps = 1 }));
        await TinyMedia.TextAsync(work.Of("transformer.json"), ConfigFile.Write(TinyTraining.Transformer with { Data = data, Steps = 2 }));
        await TinyMedia.TextAsync(work.Of("wrong.json"), ConfigFile.Write(TinyTraining.Transformer with { Data = data, PrefixFrames = 3, Model = TinyTraining.Transformer.Model with { Rows = 8 } }));
        string[] common = ["--device", "cpu", "--output"];
        await InvokeAsync(TokenizerCommand.Create(), ["--config", work.Of("tokenizer.json"), "--run", work.Of("run1"), .. common, work.Of("model", "video-tokenizer")]);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            InvokeAsync(TransformerCommand.Create(), ["--config", work.Of("wrong.json"), "--run", work.Of("run2"), .. common, work.Of("model")]));
        Assert.Contains("model.rows is 8; the video tokenizer needs 4", error.Message, StringComparison.Ordinal);
        Assert.Contains("prefix_frames is 3", error.Message, StringComparison.Ordinal);
        await InvokeAsync(TransformerCommand.Create(), ["--config", work.Of("transformer.json"), "--run", work.Of("run2"), .. common, work.Of("model")]);
        Assert.True(File.Exists(work.Of("run2", "samples-000002.png")));
        await InvokeAsync(
            EvaluateCommand.Create(), ["--model", work.Of("model"), "--data", folder.Path, "--clips", "8", "--report", work.Of("report"), "--device", "cpu"]);
        string report = await File.ReadAllTextAsync(work.Of("report", "report.md"), TinyMedia.Token);
        Assert.Contains("| psnr | ", report, StringComparison.Ordinal);
        Assert.Contains("| loss_held_out | ", report, StringComparison.Ordinal);
        Assert.DoesNotContain("psnr_subject", report, StringComparison.Ordinal);
        Assert.True(File.Exists(work.Of("report", "rebuilt.png")));
        Assert.True(File.Exists(work.Of("report", "clips.png")));
    }

    private static async Task InvokeAsync(Command command, string[] arguments) => Assert.Equal(0, await command.RunAsync(arguments));

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
