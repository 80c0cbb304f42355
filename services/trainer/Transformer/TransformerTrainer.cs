using System.Collections.Concurrent;
using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Phenaki.Trainer.Transformer;

/// <summary>Trains a masked transformer and its text encoder: cross-entropy on masked tokens (arXiv 2210.02399, section 2.2).</summary>
internal sealed class TransformerTrainer : ITrainable, IDisposable
{
    private readonly TransformerTrainingConfig _config;
    private readonly TransformerBatches _batches;
    private readonly Func<TransformerTrainer, long, CancellationToken, Task> _export;
    private readonly Learner<MaskedTransformerNetwork> _learner;
    private readonly ConcurrentDictionary<long, IReadOnlyList<TransformerBatches.Samples>> _read = new();

    /// <summary>Creates a trainer with fresh weights, or with those of the model that the settings begin with.</summary>
    /// <param name="config">Settings; must have no violations.</param>
    /// <param name="batches">Data.</param>
    /// <param name="codebook">Codes of the video tokenizer, shape [codebook size, code width].</param>
    /// <param name="vocabulary">Words of the text encoder; read only where the run begins with a given model.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="export">Writes what <see cref="ITrainable.ExportAsync"/> asks for.</param>
    public TransformerTrainer(
        TransformerTrainingConfig config, TransformerBatches batches, Tensor codebook, CaptionVocabulary vocabulary, Device device, Func<TransformerTrainer, long, CancellationToken, Task> export)
    {
        (_config, _batches, _export) = (config, batches, export);
        manual_seed((long)config.Seed);
        Network = new MaskedTransformerNetwork(config.Model, device);
        using var generator = new Generator(config.Seed, device);
        Text = new T5Encoder(config.TextEncoder, generator, device);
        using var _ = no_grad();
        Network.Codebook?.copy_(codebook);
        if (config.From is not null)
        {
            TransformerStart.Load(this, config, vocabulary, new ModelParts(config.From), device);
        }

        Precision.AllowTensorCores(device);
        _learner = new Learner<MaskedTransformerNetwork>(
            Network, () => new MaskedTransformerNetwork(config.Model, device), Precision.Of(config.Precision, device), [.. Named("network", Network), .. Named("text", Text)],
            config.Optimiser, config.EmaDecay);
    }

    /// <summary>The masked transformer that learns.</summary>
    public MaskedTransformerNetwork Network { get; }

    /// <summary>The text encoder that learns.</summary>
    public T5Encoder Text { get; }

    /// <inheritdoc />
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        Network.state_dict().Select(entry => ("network." + entry.Key, entry.Value))
            .Concat(Text.state_dict().Select(entry => ("text." + entry.Key, entry.Value)))
            .Concat(_learner.State);

    /// <inheritdoc />
    public int Samples(long step) => (_config.PhaseAt(step).Clips + _config.PhaseAt(step).Stills) * _config.Accumulate;

    /// <inheritdoc />
    public async Task ReadAsync(long step, CancellationToken cancellationToken) =>
        _read[step] = await _batches.ReadAsync(step, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public IReadOnlyDictionary<string, double> Step(long step)
    {
        if (!_read.TryRemove(step, out var samples))
        {
            throw new InvalidOperationException($"Step {step} was not read.");
        }

        var figures = new StepFigures();
        figures.Expect("loss", "loss_clip", "loss_still");
        var batches = samples.Select(_batches.Load).ToList();
        double all = batches.Sum(Masked);
        foreach (var kind in batches.GroupBy(batch => batch.LatentFrames))
        {
            double masked = kind.Sum(Masked);
            foreach (var batch in kind)
            {
                using var scope = NewDisposeScope();
                var loss = MaskedLoss.Of(batch, _learner.Network, Text);
                (loss * Number.Of(Masked(batch) / all)).backward();
                figures.Add("loss", loss * Number.Of(Masked(batch) / all));
                figures.Add(kind.Key == 1 ? "loss_still" : "loss_clip", loss * Number.Of(Masked(batch) / masked));
            }
        }

        _learner.Step(figures, step, _config.Steps);
        return figures.Read();

        static double Masked(TransformerBatches.Batch batch) => batch.Masked.shape[0];
    }

    /// <inheritdoc />
    public async Task ExportAsync(long step, CancellationToken cancellationToken)
    {
        using var shown = _learner.ShowMean();
        await _export(this, step, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Named(string prefix, nn.Module module) =>
        module.named_parameters().Select(entry => ($"{prefix}.{entry.name}", entry.parameter));

    public void Dispose()
    {
        _learner.Dispose();
        Network.Dispose();
        Text.Dispose();
    }
}
