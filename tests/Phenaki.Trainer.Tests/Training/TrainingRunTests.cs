using Phenaki.Models.Folders;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class TrainingRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phenaki-run-").FullName;

    private static readonly TokenizerTrainingConfig Config = TinyTraining.Tokenizer;
    private static readonly LineProgress Silent = new(TextWriter.Null);

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

    // A killed run leaves an older checkpoint and a log of steps that came after it.
    [Fact(Timeout = 120_000)]
    public async Task RunAsync_KilledBehindItsCheckpoint_RepeatsTheUninterruptedRunNumberForNumber()
    {
        var config = Config with { AdversarialWeight = 0.1, AdversarialFromStep = 4, DiscriminatorChannels = 4 };
        var whole = await TrainAsync("whole", 8, config);
        string checkpoint = Path.Combine(_folder, "killed", "checkpoint.safetensors");
        foreach (long steps in (long[])[2, 5])
        {
            await TrainAsync("killed", steps, config);
            File.Copy(checkpoint, checkpoint + ".kept");
            await TrainAsync("killed", steps + 2, config);
            File.Move(checkpoint + ".kept", checkpoint, overwrite: true);
        }

        Assert.Equal(whole, await TrainAsync("killed", 8, config));
        Assert.Equal(await CheckpointAsync("whole"), await CheckpointAsync("killed"));
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
        await new TrainingRun(TimeProvider.System, Silent).RunAsync(good, settings, TestContext.Current.CancellationToken);
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(folder, "checkpoint.safetensors"), TestContext.Current.CancellationToken);
        var bad = new FakeTrainable(state, failAt: 4);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new TrainingRun(TimeProvider.System, Silent).RunAsync(bad, settings with { Steps = 10 }, TestContext.Current.CancellationToken));
        Assert.Contains("step 4", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(folder, "checkpoint.safetensors"), TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_CheckpointCannotBeWritten_StopsAndKeepsTheLastGoodOne()
    {
        string folder = Path.Combine(_folder, "full");
        using var state = zeros(1);
        var settings = new TrainingRunSettings(folder, 3, TimeSpan.FromHours(1), "fake");
        var run = new TrainingRun(TimeProvider.System, Silent);
        await run.RunAsync(new FakeTrainable(state, failAt: long.MaxValue), settings, TestContext.Current.CancellationToken);
        byte[] before = await CheckpointAsync("full");
        using var unwritable = tensor([double.NaN]).to(ScalarType.Float32);
        var broken = new FakeTrainable(state, failAt: long.MaxValue) { Written = unwritable };
        await Assert.ThrowsAsync<ModelFormatException>(() => run.RunAsync(broken, settings with { Steps = 5 }, TestContext.Current.CancellationToken));
        Assert.Equal(before, await CheckpointAsync("full"));
        Assert.Single(Directory.GetFiles(folder, "checkpoint*"));
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_FolderOfATrainingThatGoesOn_IsRefused()
    {
        using var state = zeros(1);
        var settings = new TrainingRunSettings(Path.Combine(_folder, "mine"), 3, TimeSpan.FromHours(1), "fake");
        var run = new TrainingRun(TimeProvider.System, Silent);
        var second = new TaskCompletionSource<Task<long>>();
        var first = new FakeTrainable(state, failAt: long.MaxValue)
        {
            OnRead = async () =>
            {
                second.TrySetResult(run.RunAsync(new FakeTrainable(state, failAt: long.MaxValue), settings, TestContext.Current.CancellationToken));
                await (await second.Task).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            },
        };

        Assert.Equal(3, await run.RunAsync(first, settings, TestContext.Current.CancellationToken));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await await second.Task);
        Assert.Contains("Another training is at work", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, await run.RunAsync(first, settings, TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 120_000)]
    public async Task ExportAsync_WithoutACheckpoint_SaysSo()
    {
        using var state = zeros(1);
        var settings = new TrainingRunSettings(Path.Combine(_folder, "none"), 3, TimeSpan.FromHours(1), "fake");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => new TrainingRun(TimeProvider.System, Silent)
            .ExportAsync(new FakeTrainable(state, failAt: 0), settings, TestContext.Current.CancellationToken));
        Assert.Contains("holds no checkpoint", error.Message, StringComparison.Ordinal);
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
        await new TrainingRun(TimeProvider.System, Silent).RunAsync(new StopsAfter(trainer, steps, stop), settings, stop.Token);
        return await File.ReadAllLinesAsync(Path.Combine(folder, "loss.csv"), TestContext.Current.CancellationToken) is [_, .. var lines] ? lines : [];
    }

    /// <summary>Cancels a run after a number of steps, as a user would.</summary>
    private sealed class StopsAfter(ITrainable inner, long steps, CancellationTokenSource stop) : ITrainable
    {
        public IEnumerable<(string Name, Tensor Tensor)> State => inner.State;

        public int Samples(long step) => inner.Samples(step);

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
        public Tensor? Written { get; init; }

        public Func<Task> OnRead { get; init; } = () => Task.CompletedTask;

        // Read first, written later: what cannot be written has been read.
        private int _asked;

        public IEnumerable<(string Name, Tensor Tensor)> State => [("state", _asked++ > 0 && Written is not null ? Written : state)];

        public int Samples(long step) => 1;

        public Task ReadAsync(long step, CancellationToken cancellationToken) => OnRead();

        public IReadOnlyDictionary<string, double> Step(long step) =>
            new Dictionary<string, double> { ["loss"] = step >= failAt ? double.NaN : 1 };

        public Task ExportAsync(long step, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
