using System.Collections.Concurrent;
using Phenaki.Models;
using Phenaki.Models.Video;
using Phenaki.Trainer.Judging;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>
/// Trains a C-ViViT. A vector-quantised one learns first without quantisation, then starts its codebook by k-means over what the encoder gives:
/// right after that it stands where a random codebook stands after hundreds of steps.
/// </summary>
internal sealed class TokenizerTrainer : ITrainable, IDisposable
{
    private const int CodebookClips = 8;
    private const int CodebookStills = 24;

    // A token of the subject's counts as much as so many others: they are the hard ones.
    private const float SubjectTokenWeight = 3;

    // Neighbouring codes are about 0.9 alike; with less than this they would all be about as likely.
    private const float CodeSharpness = 30;

    private readonly TokenizerTrainingConfig _config;
    private readonly TokenizerBatches _batches;
    private readonly Func<VideoTokenizerNetwork, long, CancellationToken, Task> _export;
    private readonly VideoTokenizerNetwork _network;
    private readonly Learner<VideoTokenizerNetwork> _learner;
    private readonly ScalarType _precision;
    private readonly CodebookMean? _codebook;
    private readonly PerceptualLoss? _perceptual;
    private readonly AdversarialLoss? _adversarial;
    private readonly TokenRedraw? _redraw;
    private readonly LayerTokens? _layers;
    private readonly ConcurrentDictionary<long, StepData> _read = new();

    /// <summary>Creates a trainer with fresh weights, or with those of the model that the settings begin with.</summary>
    /// <param name="config">Settings; must have no violations.</param>
    /// <param name="batches">Data.</param>
    /// <param name="on">Where to train.</param>
    /// <param name="export">Writes what <see cref="ITrainable.ExportAsync"/> asks for.</param>
    public TokenizerTrainer(TokenizerTrainingConfig config, TokenizerBatches batches, ComputeDevice on, Func<VideoTokenizerNetwork, long, CancellationToken, Task> export)
    {
        var device = on.Torch;
        _config = config;
        _batches = batches;
        _export = export;
        manual_seed((long)config.Seed);
        _network = new VideoTokenizerNetwork(config.Model, device);
        if (config.From is not null)
        {
            TokenizerStart.Load(_network, config.Model, config.From, device);
        }

        if (_network.Quantizer is VectorQuantizer quantizer && config.CodebookDecay > 0 && !config.DecoderOnly && config.Layers is null)
        {
            _codebook = new CodebookMean(quantizer, config.CodebookDecay);
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            _codebook.Reset(nn.functional.normalize(quantizer.Codebook, 2, 1));
        }

        _precision = Precision.Of(config.Precision, device);
        Precision.AllowTensorCores(device);
        (string, Parameter)[] learnt = [.. config.LearnsTokens ? _network.EncoderParameters : config.DecoderOnly ? _network.DecoderParameters : _network.named_parameters()];
        _learner = new Learner<VideoTokenizerNetwork>(_network, () => new VideoTokenizerNetwork(config.Model, device), _precision, learnt, config.Optimiser, config.EmaDecay);
        _perceptual = config.PerceptualWeight > 0 ? new PerceptualLoss(Judge.ShippedFolder, device) : null;
        _adversarial = config.AdversarialWeight > 0 ? new AdversarialLoss(config.DiscriminatorChannels, config.Optimiser, device) : null;
        _redraw = config.Redraw is null ? null : new TokenRedraw(config.Redraw, config.Model, config.Seed, on);
        _layers = config.Layers is null ? null : new LayerTokens(config.Layers, config.Model, ((VectorQuantizer)_network.Quantizer).Codebook, device);
    }

    /// <summary>The network that learns.</summary>
    public VideoTokenizerNetwork Network => _network;

    /// <inheritdoc />
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        _network.state_dict().Select(entry => ("network." + entry.Key, entry.Value))
            .Concat(_learner.State)
            .Concat(_codebook?.State ?? [])
            .Concat(_adversarial?.State ?? []);

    /// <inheritdoc />
    public int Samples(long step) => (_config.ClipsPerStep + _config.StillsPerStep) * _config.Accumulate;

    /// <inheritdoc />
    public async Task ReadAsync(long step, CancellationToken cancellationToken)
    {
        var sets = await _batches.ReadAsync(step, _config.ClipsPerStep, _config.StillsPerStep, _config.Accumulate, heldOut: false, cancellationToken).ConfigureAwait(false);
        _read[step] = new StepData(sets, StartsCodebook(step) ? await ReadForCodebookAsync(cancellationToken).ConfigureAwait(false) : []);
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, double> Step(long step)
    {
        if (!_read.TryRemove(step, out var data))
        {
            throw new InvalidOperationException($"Step {step} was not read.");
        }

        bool quantised = _network.Quantizer is not VectorQuantizer || step >= _config.UnquantisedSteps;
        if (StartsCodebook(step))
        {
            StartCodebook(data.ForCodebook);
        }

        bool competes = _adversarial is not null && step >= _config.AdversarialFromStep;
        var figures = new StepFigures();
        figures.Expect(_adversarial is null ? ["loss"] : ["loss", "discriminator"]);

        var coded = new List<(Tensor Rows, Tensor Indices, Tensor Errors)>();
        int row = 0;
        foreach (var set in data.Sets)
        {
            using var scope = NewDisposeScope();
            using var batch = _batches.Load(set);
            if (_config.LearnsTokens)
            {
                LearnTokens(batch, set, figures);
            }
            else
            {
                Learn(batch, set, new Turn(step, row, quantised, competes), figures, coded);
            }

            row += set.Clips.Count;
        }

        _learner.Step(figures, step, _config.Steps);
        if (competes)
        {
            _adversarial!.Step(step, _config.Steps);
        }

        if (coded.Count > 0)
        {
            _codebook!.Update(
                cat([.. coded.Select(part => part.Rows)]), cat([.. coded.Select(part => part.Indices)]), cat([.. coded.Select(part => part.Errors)]), step);
            figures.Add("codes_used", _codebook.Used);
        }

        return figures.Read();
    }

    // Clips and stills count by their frames, so that a still weighs no more than a frame of a clip.
    private void Learn(
        TokenizerBatches.Batch batch, ClipSet set, Turn turn, StepFigures figures, List<(Tensor Rows, Tensor Indices, Tensor Errors)> coded)
    {
        var (_, _, quantised, competes) = turn;
        double share = set.FrameShare;

        // Codes and errors are computed in float32: neighbours of a codebook lie closer together than fewer bits tell apart.
        var (code, index, bounded) = Code(batch, set, turn);
        var made = _learner.Network.Decode((quantised ? code : bounded).to_type(_precision)).to_type(ScalarType.Float32);
        var difference = made - batch.Frames;
        var absolute = (difference.abs() * batch.Weights).mean();
        var square = (difference.Squared() * batch.Weights).mean();
        var loss = absolute.Plus(Number.Of(_config.SquaredWeight) * square);
        if (quantised && !_config.DecoderOnly)
        {
            var target = _codebook is null ? code : code.detach();
            loss = loss.Plus(Number.Of(_config.Commitment) * (bounded - target.detach()).Squared().sum(-1).mean());
            if (_codebook is null && _network.Quantizer is VectorQuantizer)
            {
                loss = loss.Plus((_network.Quantizer.Codes(index) - bounded.detach()).Squared().sum(-1).mean());
            }
        }

        if (_perceptual is not null)
        {
            loss = loss.Plus(Number.Of(_config.PerceptualWeight) * _perceptual.Of(batch.Frames, made));
        }

        if (competes)
        {
            loss = loss.Plus(Number.Of(_config.AdversarialWeight) * _adversarial!.Fool(made));
        }

        (loss * Number.Of(share)).backward();
        if (competes)
        {
            figures.Add("discriminator", Number.Of(share) * _adversarial!.Learn(batch.Frames, made, share));
        }

        using var _ = no_grad();
        string kind = batch.IsStill ? "still" : "clip";
        figures.Add("loss", Number.Of(share) * loss);
        figures.Add("psnr_" + kind, difference.Squared().mean(), Psnr);
        if (batch.HasSubjects)
        {
            var inBox = (batch.Weights > Number.Of(1)).to_type(ScalarType.Float32);
            figures.Add("psnr_subject_" + kind, (difference.Squared().mean([-1], keepdim: true) * inBox).sum() / inBox.sum(), Psnr);
        }

        if (quantised && _codebook is not null)
        {
            var (rows, codes, errors) = (bounded.detach().flatten(0, 2), index.flatten(), _batches.ErrorByToken(difference).flatten());
            coded.Add((rows.MoveToOuterDisposeScope(), codes.MoveToOuterDisposeScope(), errors.MoveToOuterDisposeScope()));
        }

        double Psnr(double meanSquare) => TokenizerTrainer.Psnr(meanSquare) / _config.Accumulate;
    }

    // Nothing is decoded: each token of the layers is the class that the encoder's row belongs to.
    private void LearnTokens(TokenizerBatches.Batch batch, ClipSet set, StepFigures figures)
    {
        var quantizer = (VectorQuantizer)_network.Quantizer;
        var (tokens, isSubject) = TokensOfLayers(set);
        var rows = quantizer.Bound(_learner.Network.Encode(Seen(batch.Frames, tokens).to_type(_precision)).to_type(ScalarType.Float32));
        var inSubject = isSubject.flatten().to_type(ScalarType.Float32);
        var weights = inSubject.mul(Number.Of(SubjectTokenWeight - 1)).Plus(Number.Of(1));
        var (loss, right) = (zeros(1, device: weights.device), zeros_like(weights));
        for (int part = 0; part < quantizer.Code.Parts; part++)
        {
            var likeness = quantizer.Likeness(rows, part).flatten(0, -2);
            var wanted = quantizer.Entries(tokens, part).flatten().Plus(Number.Of(-part * quantizer.Code.PartSize));
            var errors = nn.functional.cross_entropy(likeness * Number.Of(CodeSharpness), wanted, reduction: nn.Reduction.None);
            loss = loss.Plus((errors * weights).sum() / weights.sum());
            right = right.Plus(likeness.detach().argmax(1).eq(wanted).to_type(ScalarType.Float32) / Number.Of((float)quantizer.Code.Parts));
        }

        (loss * Number.Of(set.FrameShare)).backward();
        using var _ = no_grad();
        string kind = batch.IsStill ? "still" : "clip";
        var elsewhere = inSubject.neg().Plus(Number.Of(1));
        figures.Add("loss", Number.Of(set.FrameShare) * loss);
        figures.Add("right_subject_" + kind, (right * inSubject).sum() / inSubject.sum().clamp(Number.Of(1)), PartOfStep);
        figures.Add("right_elsewhere_" + kind, (right * elsewhere).sum() / elsewhere.sum().clamp(Number.Of(1)), PartOfStep);

        double PartOfStep(double value) => value / _config.Accumulate;
    }

    // The frames, the first of them as they are drawn from their tokens.
    private Tensor Seen(Tensor frames, Tensor tokens)
    {
        using var _ = no_grad();
        int decoded = (int)Math.Round(_config.Layers!.Decoded * frames.shape[0]);
        return decoded == 0
            ? frames
            : cat(
                [
                    _learner.Network.Decode(_network.Quantizer.Codes(tokens.narrow(0, 0, decoded)).to_type(_precision)).to_type(ScalarType.Float32).clamp(Number.Of(-1), Number.Of(1)),
                    frames.narrow(0, decoded, frames.shape[0] - decoded),
                ], 0);
    }

    // Shape [clips, latent frames, tokens of a latent frame], int64 and bool.
    private (Tensor Tokens, Tensor IsSubject) TokensOfLayers(ClipSet set)
    {
        var clips = _layers!.Of(set.Clips);
        int perLatentFrame = _config.Model.Geometry().TokensPerLatentFrame;
        long[] shape = [clips.Count, clips[0].Tokens.Length / perLatentFrame, perLatentFrame];
        var device = _network.Quantizer.parameters().First().device;
        return (tensor([.. clips.SelectMany(clip => clip.Tokens)], shape, device: device).to_type(ScalarType.Int64), tensor([.. clips.SelectMany(clip => clip.IsSubject)], shape, device: device));
    }

    private (Tensor Code, Tensor Index, Tensor Bounded) CodeOfLayers(TokenizerBatches.Batch batch, ClipSet set)
    {
        var (tokens, _) = TokensOfLayers(set);
        int own = (int)Math.Round(_config.Layers!.Own * set.Clips.Count);
        if (own > 0)
        {
            var rows = _learner.Network.Encode(batch.Frames.narrow(0, 0, own).to_type(_precision)).to_type(ScalarType.Float32);
            tokens.narrow(0, 0, own).copy_(_network.Quantizer.Straight(rows).Indices);
        }

        var codes = _network.Quantizer.Codes(tokens);
        return (codes, tokens, codes);
    }

    private (Tensor Code, Tensor Index, Tensor Bounded) Code(TokenizerBatches.Batch batch, ClipSet set, Turn turn)
    {
        using var _ = _config.DecoderOnly ? no_grad() : null;
        if (_layers is not null)
        {
            return CodeOfLayers(batch, set);
        }

        var coded = _network.Quantizer.Straight(_learner.Network.Encode(batch.Frames.to_type(_precision)).to_type(ScalarType.Float32));
        return _redraw is null ? coded : coded with { Quantised = _network.Quantizer.Codes(_redraw.Apply(coded.Indices, set.Clips, turn.Step, turn.FirstRow)) };
    }

    /// <inheritdoc />
    public async Task ExportAsync(long step, CancellationToken cancellationToken)
    {
        using var shown = _learner.ShowMean();
        await _export(_network, step, cancellationToken).ConfigureAwait(false);
    }

    private bool StartsCodebook(long step) =>
        _codebook is not null && step == _config.UnquantisedSteps && !(_config.From is not null && _config.UnquantisedSteps == 0);

    private async Task<List<ClipSet>> ReadForCodebookAsync(CancellationToken cancellationToken)
    {
        var geometry = _config.Model.Geometry();
        var sets = new List<ClipSet>();
        for (long draw = 0, rows = 0; rows < _config.KMeansRows; draw++)
        {
            // Steps beyond the last are drawn by no training step.
            sets.AddRange(await _batches.ReadAsync(_config.Steps + draw, CodebookClips, CodebookStills, 1, heldOut: false, cancellationToken).ConfigureAwait(false));
            rows += ((CodebookClips * _config.Model.TemporalWindow) + CodebookStills) * geometry.TokensPerLatentFrame;
        }

        return sets;
    }

    private void StartCodebook(IReadOnlyList<ClipSet> sets)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var rows = new List<Tensor>();
        foreach (var set in sets)
        {
            using var inner = NewDisposeScope();
            rows.Add(_network.Quantizer.Bound(_network.Encode(_batches.Load(set).Frames)).flatten(0, 2).MoveToOuterDisposeScope());
        }

        var code = ((VectorQuantizer)_network.Quantizer).Code;
        _codebook!.Reset(cat([.. cat(rows).chunk(code.Parts, 1).Select(part => SphericalKMeans.Fit(part, code.PartSize))], 0));
    }

    // Values lie in -1 to 1: the peak is 2.
    private static double Psnr(double meanSquare) => 10 * Math.Log10(4 / Math.Max(meanSquare, 1e-12));

    // Where in a training a batch comes: the row of its first clip among all of the step, and what is learnt already.
    private readonly record struct Turn(long Step, int FirstRow, bool Quantised, bool Competes);

    private sealed record StepData(IReadOnlyList<ClipSet> Sets, IReadOnlyList<ClipSet> ForCodebook);

    public void Dispose()
    {
        _learner.Dispose();
        _codebook?.Dispose();
        _perceptual?.Dispose();
        _adversarial?.Dispose();
        _redraw?.Dispose();
        _layers?.Dispose();
        _network.Dispose();
    }
}
