using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>
/// Samples one clip, step by step, alone or together with others (<see cref="MaskedTransformerModel.Step"/>): its tokens are the same.
/// </summary>
public sealed class ClipSampler : IDisposable
{
    // Texts of about the same length get the same number of rows, so that their clips can share forward passes.
    private const int TextRowsMultiple = 16;

    // Parts that the tokens are revised in.
    private const int Quarters = 4;

    private readonly MaskedTransformerModel _model;
    private readonly ClipRequest _request;
    private readonly ClipNoise _noise;
    private readonly int[] _tokens;
    private readonly TextContext _text;
    private readonly bool _guided;
    private readonly Queue<DecodingStage> _stages;
    private readonly Queue<int[]> _quarters = new();
    private float[] _logits = [];
    private Tensor? _room;
    private int[] _masked = [];
    private SamplingSettings _stageSampling;
    private int _stageLatentFrames;
    private int _stageUnknown;
    private int _stageStep;
    private int _revisionsLeft;

    internal ClipSampler(MaskedTransformerModel model, ClipRequest request)
    {
        _model = model;
        _request = request;
        _noise = new ClipNoise(request.Seed, request.Scene, request.Clip);
        _guided = request.Sampling.GuidanceScale != 1;
        _tokens = new int[request.LatentFrames * model.Rows * model.Columns];
        Array.Fill(_tokens, model.CodebookSize);
        request.PrefixTokens.CopyTo(_tokens, 0);
        _stages = new Queue<DecodingStage>(model.Config.Stages(request.LatentFrames, request.PrefixTokens.Length, request.Sampling.Steps));
        Steps = _stages.Sum(stage => stage.Steps);
        _stageSampling = request.Sampling;
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        _text = ProjectText().Keep();
        BeginStage();
    }

    /// <summary>Steps done.</summary>
    public int StepsDone { get; private set; }

    /// <summary>Steps in all.</summary>
    public int Steps { get; }

    /// <summary>Tokens that are still masked. What is being revised is not.</summary>
    public int Masked => _tokens.Count(token => token == _model.CodebookSize);

    /// <summary>True when all steps are done.</summary>
    public bool IsDone => StepsDone == Steps;

    /// <summary>All tokens of the clip, prefix included, [latent frames * rows * columns]; a masked one holds the codebook size.</summary>
    public int[] Tokens => [.. _tokens];

    /// <summary>What clips must share to share a forward pass: latent frames of the grid and rows of the texts.</summary>
    internal (int LatentFrames, long TextRows) Shape => (_stageLatentFrames, _text.Length);

    /// <summary>False in the last steps of a stage with more steps than tokens: they have nothing left to do.</summary>
    internal bool NeedsForward => _masked.Length > 0;

    /// <summary>Batch rows of the clip: with guidance that of the prompt, then that of what is guided away from.</summary>
    internal int Rows => _guided ? 2 : 1;

    internal TextContext Text => _text;

    /// <summary>Does one step. The same as <see cref="MaskedTransformerModel.Step"/> with this clip alone.</summary>
    /// <exception cref="InvalidOperationException">All steps are done.</exception>
    public void Step() => _model.Step([this]);

    private int StageTokenCount => _stageLatentFrames * _model.Rows * _model.Columns;

    /// <summary>Tokens of the stage, shape [rows, tokens], int64.</summary>
    internal Tensor StageTokens()
    {
        int[] tokens = _tokens[..StageTokenCount];
        foreach (int position in _masked)
        {
            tokens[position] = _model.CodebookSize;
        }

        return tensor(tokens, [1, tokens.Length], dtype: ScalarType.Int64, device: _model.Device).expand(Rows, tokens.Length);
    }

    /// <summary>Goes on from all layers but the last: logits, and the draw, at masked positions alone.</summary>
    /// <param name="x">From <see cref="MaskedTransformerNetwork.Body"/>, shape [rows, tokens, width].</param>
    internal void Draw(Tensor x)
    {
        var at = tensor(_masked, dtype: ScalarType.Int64, device: _model.Device);
        var rows = _model.Network.Head(x, at, _text, _model.PositionBiases(_stageLatentFrames));
        var step = new MaskedDecoding.StepOf(_stageStep, _stageSampling.Steps, _stageUnknown, StepsDone);
        _masked = MaskedDecoding.Step(_tokens, _masked, _model.Network.Code, Predict, _logits, step, _stageSampling, _noise);

        void Predict(ReadOnlySpan<int> tokens, ReadOnlySpan<int> masked, int part, ReadOnlySpan<int> chosen, Span<float> logits) =>
            PredictPart(rows, part, chosen, logits.Length);
    }

    /// <summary>Counts a step.</summary>
    internal void StepDone()
    {
        StepsDone++;
        if (++_stageStep < _stageSampling.Steps || IsDone)
        {
            return;
        }

        if (_revisionsLeft > 0)
        {
            BeginRevision();
        }
        else
        {
            BeginStage();
        }
    }

    // A stage of one step, over what the stage before drew. What it masks keeps its token until it is drawn anew: that much of the clip is whole all the time.
    private void BeginRevision()
    {
        _revisionsLeft--;
        if (_quarters.Count == 0)
        {
            int round = StepsDone;
            var order = Enumerable.Range(_request.PrefixTokens.Length, StageTokenCount - _request.PrefixTokens.Length).OrderBy(position => _noise.At(round, position).Confidence);
            foreach (int[] quarter in order.Index().GroupBy(entry => entry.Index % Quarters, entry => entry.Item).Select(quarter => quarter.Order().ToArray()))
            {
                _quarters.Enqueue(quarter);
            }
        }

        Begin(_quarters.Dequeue(), _request.Sampling with { Steps = 1, Temperature = _request.Sampling.Temperature / 2 });
    }

    private void BeginStage()
    {
        (_stageLatentFrames, int draft, _revisionsLeft) = _stages.Dequeue();
        _quarters.Clear();
        Begin(MaskedDecoding.MaskedPositions(_tokens.AsSpan(0, StageTokenCount), _model.CodebookSize), _request.Sampling with { Steps = draft });
    }

    private void Begin(int[] masked, SamplingSettings sampling)
    {
        (_masked, _stageUnknown, _stageStep, _stageSampling) = (masked, masked.Length, 0, sampling);
        int room = _masked.Length * _model.Network.Code.PartSize;
        if (_logits.Length < room)
        {
            _logits = new float[room];
            _room?.Dispose();
            _room = frombuffer(_logits, ScalarType.Float32).DetachFromDisposeScope();
        }
    }

    // Fills the first numbers of the logits' room, where libtorch and the draw meet without a copy.
    private void PredictPart(Tensor rows, int part, ReadOnlySpan<int> chosen, int count)
    {
        using var scope = NewDisposeScope();
        var earlier = tensor(chosen.ToArray(), dtype: ScalarType.Int64, device: _model.Device);
        var hidden = _model.Network.Hidden(rows, _model.Embeddings, part, earlier).to_type(_model.LogitRows.dtype);

        // null + w * (cond - null), here and not of the logits: they are an affine function of this, and one product is enough for both.
        var guided = _guided ? hidden[1].lerp(hidden[0], _request.Sampling.GuidanceScale) : hidden[0];
        _model.Network.LogitsInto(_room!.narrow(0, 0, count).view(chosen.Length, -1), guided, _model.LogitRows, part);
    }

    private TextContext ProjectText()
    {
        var wanted = tensor(_request.TextEmbedding, [1, _request.TextTokens, _model.TextWidth], device: _model.Device);
        var unwanted = _request.NegativeEmbedding is null
            ? _model.Network.EmptyText
            : tensor(_request.NegativeEmbedding, [1, _request.NegativeTokens, _model.TextWidth], device: _model.Device);
        var (text, mask) = TextBatch.Pad(_guided ? [wanted, unwanted] : [wanted], TextRowsMultiple);
        return _model.Network.Project(text.to_type(_model.Network.EmptyText.dtype), mask);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _room?.Dispose();
        _text.Dispose();
    }
}
