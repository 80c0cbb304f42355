using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class TrainingRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phenaki-run-").FullName;

    private static readonly TokenizerTrainingConfig Config = TinyTraining.Tokenizer;

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_StoppedAndResumed_RepeatsTheUninterruptedRunNumberForNumber()
    {
        var averaged = Config with { EmaDecay = 0.9 };
        var whole = await TrainAsync("whole", 8, averaged);
        await TrainAsync("parts", 2, averaged);
        await TrainAsync("parts", 5, averaged);
        var parts = await TrainAsync("parts", 8, averaged);
        Assert.Equal(8, whole.Length);
        Assert.Equal(whole, parts);
        Assert.Equal(await CheckpointAsync("whole"), await CheckpointAsync("parts"));
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_CheckpointOfATrainerWithFewerSettings_GoesOn()
    {
        await TrainAsync("run", 2);
        string path = Path.Combine(_folder, "run", "checkpoint.safetensors");
        using var trainer = TinyTraining.Train(Config);
        string older = ConfigFile.Write(Config.WithoutLength()).Replace("\"accumulate\": 1,", "", StringComparison.Ordinal);
        Checkpoint.Save(path, trainer.State, 2, older);
        Assert.Equal(4, (await TrainAsync("run", 4)).Length);
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

    private Task<byte[]> CheckpointAsync(string name) =>
        File.ReadAllBytesAsync(Path.Combine(_folder, name, "checkpoint.safetensors"), TestContext.Current.CancellationToken);

    private async Task<string[]> TrainAsync(string name, long steps, TokenizerTrainingConfig? config = null)
    {
        config ??= Config;
        string folder = Path.Combine(_folder, name);
        // All runs have the length of the whole one, so that they have its learning rates; the token stops them early.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var trainer = TinyTraining.Train(config);
        var settings = TrainingRunSettings.Of(folder, config.Steps, 60, config.WithoutLength());
        await new TrainingRun(TimeProvider.System, TextWriter.Null).RunAsync(new StopsAfter(trainer, steps, stop), settings, stop.Token);
        return await File.ReadAllLinesAsync(Path.Combine(folder, "loss.csv"), TestContext.Current.CancellationToken) is [_, .. var lines] ? lines : [];
    }

    /// <summary>Cancels a run after a number of steps, as a user would.</summary>
    private sealed class StopsAfter(ITrainable inner, long steps, CancellationTokenSource stop) : ITrainable
    {
        public IEnumerable<(string Name, Tensor Tensor)> State => inner.State;

        public Task ReadAsync(long step, CancellationToken cancellationToken) => inner.ReadAsync(step, cancellationToken);

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

        public Task ReadAsync(long step, CancellationToken cancellationToken) => Task.CompletedTask;

        public IReadOnlyDictionary<string, double> Step(long step) =>
            new Dictionary<string, double> { ["loss"] = step >= failAt ? double.NaN : 1 };

        public Task ExportAsync(long step, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
