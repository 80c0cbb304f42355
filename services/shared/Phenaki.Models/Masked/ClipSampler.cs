using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>
/// Samples one clip, step by step. Its shapes depend on its request alone, so its tokens are the same whatever else the model does between its steps.
/// </summary>
public sealed class ClipSampler : IDisposable
{
    private readonly MaskedTransformerModel _model;
    private readonly ClipRequest _request;
    private readonly ClipNoise _noise;
    private readonly int[] _tokens;
    private readonly TextContext _text;
    private readonly bool _guided;
    private readonly Queue<int> _stages = new();
    private float[] _logits = [];
    private int[] _masked = [];
    private int _stageLatentFrames;
    private int _stageUnknown;
    private int _stageStep;

    internal ClipSampler(MaskedTransformerModel model, ClipRequest request)
    {
        _model = model;
        _request = request;
        _noise = new ClipNoise(request.Seed, request.Scene, request.Clip);
        _guided = request.Sampling.GuidanceScale != 1;
        _tokens = new int[request.LatentFrames * model.Rows * model.Columns];
        Array.Fill(_tokens, model.CodebookSize);
        request.PrefixTokens.CopyTo(_tokens, 0);
        if (model.Config.StillFirst && request.PrefixTokens.Length == 0 && request.LatentFrames > 1)
        {
            _stages.Enqueue(1);
        }

        _stages.Enqueue(request.LatentFrames);
        Steps = _stages.Count * request.Sampling.Steps;
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        _text = ProjectText().Keep();
        BeginStage();
    }

    /// <summary>Steps done.</summary>
    public int StepsDone { get; private set; }

    /// <summary>Steps in all.</summary>
    public int Steps { get; }

    /// <summary>Tokens that are still masked.</summary>
    public int Masked => _tokens.Count(token => token == _model.CodebookSize);

    /// <summary>True when all steps are done.</summary>
    public bool IsDone => StepsDone == Steps;

    /// <summary>All tokens of the clip, prefix included, [latent frames * rows * columns]; a masked one holds the codebook size.</summary>
    public int[] Tokens => [.. _tokens];

    /// <summary>Does one step: one forward pass for both guidance rows, logits at masked positions alone.</summary>
    /// <exception cref="InvalidOperationException">All steps are done.</exception>
    public void Step()
    {
        if (IsDone)
        {
            throw new InvalidOperationException($"All {Steps} steps are done.");
        }

        // A stage with more steps than tokens is done early; its last steps have nothing left to do.
        if (_masked.Length > 0)
        {
            using var _ = inference_mode();
            using var scope = NewDisposeScope();
            var rows = Forward();
            var step = new MaskedDecoding.StepOf(_stageStep, _request.Sampling.Steps, _stageUnknown, StepsDone);
            _masked = MaskedDecoding.Step(_tokens, _masked, _model.Network.Code, Predict, _logits, step, _request.Sampling, _noise);

            void Predict(ReadOnlySpan<int> tokens, ReadOnlySpan<int> masked, int part, ReadOnlySpan<int> chosen, Span<float> logits) =>
                PredictPart(rows, part, chosen, logits);
        }

        StepsDone++;
        if (++_stageStep == _request.Sampling.Steps && _stages.Count > 0)
        {
            BeginStage();
        }
    }

    private void BeginStage()
    {
        _stageLatentFrames = _stages.Dequeue();
        _masked = MaskedDecoding.MaskedPositions(_tokens.AsSpan(0, _stageLatentFrames * _model.Rows * _model.Columns), _model.CodebookSize);
        _stageUnknown = _masked.Length;
        _stageStep = 0;
        int room = _masked.Length * _model.Network.Code.PartSize;
        if (_logits.Length < room)
        {
            _logits = new float[room];
        }
    }

    // Rows of the masked positions; with guidance those of the prompt, then those of what is guided away from.
    private Tensor Forward()
    {
        int count = _stageLatentFrames * _model.Rows * _model.Columns;
        var tokens = tensor(_tokens.AsSpan(0, count).ToArray(), [1, count], dtype: ScalarType.Int64, device: _model.Device);
        var rows = _model.Network.Forward(
            _guided ? tokens.expand(2, count) : tokens, _text, _model.PositionBiases(_stageLatentFrames));
        var at = tensor(_masked, dtype: ScalarType.Int64, device: _model.Device);
        return rows.index_select(1, at).flatten(0, 1);
    }

    private void PredictPart(Tensor rows, int part, ReadOnlySpan<int> chosen, Span<float> logits)
    {
        using var scope = NewDisposeScope();
        var earlier = tensor(chosen.ToArray(), dtype: ScalarType.Int64, device: _model.Device);
        var predicted = _model.Network.Logits(rows, part, _guided ? earlier.repeat(2) : earlier);
        if (_guided)
        {
            // null + w * (cond - null)
            predicted = predicted[chosen.Length..].lerp(predicted[..chosen.Length], _request.Sampling.GuidanceScale);
        }

        predicted.cpu().contiguous().data<float>().CopyTo(logits);
    }

    private TextContext ProjectText()
    {
        var wanted = tensor(_request.TextEmbedding, [1, _request.TextTokens, _model.TextWidth], device: _model.Device);
        if (!_guided)
        {
            return _model.Network.Project(wanted, ones(1, _request.TextTokens, dtype: ScalarType.Bool, device: _model.Device));
        }

        var unwanted = _request.NegativeEmbedding is null
            ? _model.Network.EmptyText
            : tensor(_request.NegativeEmbedding, [1, _request.NegativeTokens, _model.TextWidth], device: _model.Device);
        var (text, mask) = TextBatch.Pad([wanted, unwanted]);
        return _model.Network.Project(text, mask);
    }

    /// <inheritdoc />
    public void Dispose() => _text.Dispose();
}
