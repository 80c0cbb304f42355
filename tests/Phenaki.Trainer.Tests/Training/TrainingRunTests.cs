using Phenaki.Models.Video;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Training;

public sealed class TrainingRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phenaki-run-").FullName;

    private static readonly TokenizerTrainingConfig Config = new()
    {
        Model = new VideoTokenizerConfig
        {
            FrameHeight = 64,
            FrameWidth = 64,
            PatchHeight = 16,
            PatchWidth = 16,
            TemporalPatch = 2,
            TemporalWindow = 2,
            Width = 32,
            Heads = 2,
            Mlp = 32,
            SpatialLayers = 1,
            TemporalLayers = 1,
            Quantizer = new QuantizerConfig { Type = "vq", CodebookSize = 32, CodeWidth = 8 },
        },
        Steps = 8,
        ClipsPerStep = 1,
        StillsPerStep = 2,
        UnquantisedSteps = 3,
        KMeansRows = 200,
    };

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_StoppedAndResumed_RepeatsTheUninterruptedRunNumberForNumber()
    {
        var whole = await TrainAsync("whole", 8);
        await TrainAsync("parts", 2);
        await TrainAsync("parts", 5);
        var parts = await TrainAsync("parts", 8);
        Assert.Equal(8, whole.Length);
        Assert.Equal(whole, parts);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_OtherSettingsOnResume_AreRefused()
    {
        await TrainAsync("run", 2);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TrainAsync("run", 4, Config with { StillsPerStep = 3 }));
        Assert.Contains("other settings", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_LossIsNoNumber_StopsAndKeepsTheLastGoodState()
    {
        string folder = Path.Combine(_folder, "nan");
        using var state = zeros(1);
        var good = new FakeTrainable(state, failAt: long.MaxValue);
        var settings = new TrainingRunSettings(folder, 3, TimeSpan.FromHours(1), "fake");
        await new TrainingRun(TimeProvider.System, TextWriter.Null).RunAsync(good, settings, TestContext.Current.CancellationToken);
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(folder, "checkpoint.safetensors"), TestContext.Current.CancellationToken);
        var bad = new FakeTrainable(state, failAt: 4);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new TrainingRun(TimeProvider.System, TextWriter.Null).RunAsync(bad, settings with { Steps = 10 }, TestContext.Current.CancellationToken));
        Assert.Contains("step 4", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(folder, "checkpoint.safetensors"), TestContext.Current.CancellationToken));
    }

    private async Task<string[]> TrainAsync(string name, long steps, TokenizerTrainingConfig? config = null)
    {
        config ??= Config;
        string folder = Path.Combine(_folder, name);
        var geometry = config.Model.Geometry();
        var batches = new TokenizerBatches(new StoryWorldDataset(), geometry, geometry.Frames(2), config.Seed, config.SubjectWeight, CPU);

        // All runs have the length of the whole one, so that they have its learning rates; the token stops them early.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var trainer = new TokenizerTrainer(config, batches, CPU, (_, _, _) => Task.CompletedTask);
        var settings = new TrainingRunSettings(folder, config.Steps, TimeSpan.FromHours(1), ConfigFile.Write(config.WithoutLength()));
        await new TrainingRun(TimeProvider.System, TextWriter.Null).RunAsync(new StopsAfter(trainer, steps, stop), settings, stop.Token);
        return await File.ReadAllLinesAsync(Path.Combine(folder, "loss.csv"), TestContext.Current.CancellationToken) is [_, .. var lines] ? lines : [];
    }

    /// <summary>Cancels a run after a number of steps, as a user would.</summary>
    private sealed class StopsAfter(ITrainable inner, long steps, CancellationTokenSource stop) : ITrainable
    {
        public IEnumerable<(string Name, Tensor Tensor)> State => inner.State;

        public IReadOnlyDictionary<string, double> Step(long step)
        {
            if (step == steps - 1)
            {
                stop.Cancel();
            }

            return inner.Step(step);
        }

        public Task ExportAsync(long step, CancellationToken cancellationToken) => inner.ExportAsync(step, cancellationToken);
    }

    private sealed class FakeTrainable(Tensor state, long failAt) : ITrainable
    {
        public IEnumerable<(string Name, Tensor Tensor)> State => [("state", state)];

        public IReadOnlyDictionary<string, double> Step(long step) =>
            new Dictionary<string, double> { ["loss"] = step >= failAt ? double.NaN : 1 };

        public Task ExportAsync(long step, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
