using Phenaki.Models;
using Phenaki.Trainer.Optimisation;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Judging;

/// <summary>
/// Trains the judge on real clips, with what generated ones have and it must not look at: blur and noise. It sees all combinations, those too that are held
/// back from the models: what it is to measure is how well they combine, not how well it does.
/// </summary>
internal sealed class JudgeTrainer : ITrainable, IDisposable
{
    // Nearly as many of the clips as there are combinations held out; odd, so that both kinds of clips have some.
    private const int HeldOutEvery = 9;

    private readonly JudgeTrainingConfig _config;
    private readonly StoryWorldDataset _world;
    private readonly Device _device;
    private readonly Func<JudgeNetwork, long, CancellationToken, Task> _export;
    private readonly Optimiser _optimiser;

    public JudgeTrainer(JudgeTrainingConfig config, StoryWorldDataset world, Device device, Func<JudgeNetwork, long, CancellationToken, Task> export)
    {
        (_config, _world, _device, _export) = (config, world, device, export);
        manual_seed((long)config.Seed);
        Precision.AllowTensorCores(device);
        Network = new JudgeNetwork(config.Model, device);
        _optimiser = new Optimiser(Network.named_parameters().Select(entry => (entry.name, entry.parameter)), config.Optimiser);
    }

    /// <summary>The network that learns.</summary>
    public JudgeNetwork Network { get; }

    /// <inheritdoc />
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        Network.state_dict().Select(entry => ("network." + entry.Key, entry.Value))
            .Concat(_optimiser.State.Select(entry => ("optimiser." + entry.Name, entry.Tensor)));

    /// <inheritdoc />
    public int Samples(long step) => _config.ClipsPerStep;

    /// <inheritdoc />
    public Task ReadAsync(long step, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, double> Step(long step)
    {
        var trained = new ClipOptions { Frames = JudgeNetwork.Frames, TransitionProbability = 0 };
        var heldOut = trained with { HeldOut = true };
        var clips = new StoryClip[_config.ClipsPerStep];
        Parallel.For(0, clips.Length, i =>
        {
            // Every second one as it looks in a story: someone who came swimming dives only half as deep.
            var (index, options) = (((ulong)step * 4096) + (ulong)i, i % HeldOutEvery == 0 ? heldOut : trained);
            clips[i] = i % 2 == 0 ? _world.Draw(_config.Seed, index, options) : _world.DrawLater(_config.Seed, index, options);
        });
        var frames = Spoil(ClipTensor.Of([.. clips.Select(clip => clip.Rgb)], JudgeNetwork.Frames, _device), step);
        var (subject, place, action) = Network.Name(Network.Describe(frames));
        var loss = nn.functional.cross_entropy(subject, Classes(clips, scene => (long)scene.Subject))
            .Plus(nn.functional.cross_entropy(place, Classes(clips, scene => (long)scene.Place)))
            .Plus(nn.functional.cross_entropy(action, Classes(clips, scene => (long)scene.Action)));
        loss.backward();
        var figures = new StepFigures();
        figures.Add("loss", loss);
        figures.Add("gradient", _optimiser.Step(step, _config.Steps));
        return figures.Read();
    }

    /// <inheritdoc />
    public Task ExportAsync(long step, CancellationToken cancellationToken) => _export(Network, step, cancellationToken);

    // The first half of a batch stays as it is, the second half is blurred and gets noise.
    private Tensor Spoil(Tensor frames, long step)
    {
        using var generator = new Generator(_config.Seed ^ ((ulong)step << 20), _device);
        long half = frames.shape[0] / 2;
        var spoilt = frames.narrow(0, half, frames.shape[0] - half);
        var planes = spoilt.permute(0, 1, 4, 2, 3).flatten(0, 2).unsqueeze(1);
        var blurred = nn.functional.conv2d(nn.functional.pad(planes, [1, 1, 1, 1], PaddingModes.Replicate), ones(1, 1, 3, 3, device: _device) / Number.Of(9f));
        var noise = randn(blurred.shape, device: _device, generator: generator) * Number.Of(0.08f);
        var back = blurred.Plus(noise).view(spoilt.shape[0], spoilt.shape[1], 3, spoilt.shape[2], spoilt.shape[3]).permute(0, 1, 3, 4, 2);
        return cat([frames.narrow(0, 0, half), back], 0);
    }

    private Tensor Classes(StoryClip[] clips, Func<SceneSpec, long> number) => tensor(clips.Select(clip => number(clip.Scene)).ToArray(), device: _device);

    public void Dispose()
    {
        _optimiser.Dispose();
        Network.Dispose();
    }
}
