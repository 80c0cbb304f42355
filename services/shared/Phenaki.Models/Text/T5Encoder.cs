using TorchSharp;

namespace Phenaki.Models.Text;

/// <summary>
/// The T5 encoder, for inference and for training: token ids [b, n] int64 and mask [b, n] bool (true: a token, false: padding)
/// -> embeddings [b, n, d] float32. Names of parameters are those of Hugging Face's checkpoints. Calls must not overlap.
/// </summary>
public sealed class T5Encoder : torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>
{
    // Far below any score, yet finite: a row of nothing but padding stays a number.
    private const float PaddingBias = -1e9f;

    private readonly T5Config _config;
    private readonly T5Embedding _shared;
    private readonly T5Block[] _blocks;
    private readonly T5RmsNorm _finalNorm;
    private torch.Tensor? _buckets;

    /// <summary>Creates an encoder.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="generator">Draws the parameters as T5 does; null leaves them unset, for weights that are loaded next.</param>
    /// <param name="device">Where the parameters are made; null is the processor.</param>
    /// <exception cref="ArgumentException">The configuration has violations.</exception>
    public T5Encoder(T5Config config, torch.Generator? generator = null, torch.Device? device = null)
        : base(nameof(T5Encoder))
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Violations() is { Count: > 0 } violations)
        {
            throw new ArgumentException(string.Join("; ", violations), nameof(config));
        }

        _config = config;
        var initialise = new T5Initialiser(generator, device);
        _shared = new T5Embedding(initialise, config.VocabSize, config.DModel, 1);
        _blocks = [.. Enumerable.Range(0, config.NumLayers).Select(index => new T5Block(initialise, config, hasRelativeBias: index == 0))];
        _finalNorm = new T5RmsNorm(initialise, config.DModel, config.LayerNormEpsilon);
        register_module("shared", _shared);
        register_module("encoder", new T5NamedModules(
            ("block", new T5NamedModules([.. _blocks.Select((block, index) => ($"{index}", (torch.nn.Module)block))])),
            ("final_layer_norm", _finalNorm)));
    }

    /// <summary>Embeds a batch.</summary>
    /// <param name="ids">[b, n] int64, each from 0 to below <see cref="T5Config.VocabSize"/>.</param>
    /// <param name="mask">[b, n] bool: false where a row is padded. Embeddings of padding are to be ignored.</param>
    /// <returns>[b, n, d] float32.</returns>
    public override torch.Tensor forward(torch.Tensor ids, torch.Tensor mask)
    {
        using var scope = torch.NewDisposeScope();
        var padding = mask.logical_not().to(torch.ScalarType.Float32).view(mask.shape[0], 1, 1, mask.shape[1]) * Number.Of(PaddingBias);
        return Run(ids, PositionBias(ids.shape[1]).Plus(padding)).MoveToOuterDisposeScope();
    }

    /// <summary>Embeds a batch under a bias [b or 1, h, n, n] that is added to every block's attention scores.</summary>
    internal torch.Tensor Run(torch.Tensor ids, torch.Tensor bias)
    {
        using var scope = torch.NewDisposeScope();
        var hidden = Dropped(_shared.call(ids));
        foreach (var block in _blocks)
        {
            var next = block.call(hidden, bias);
            if (!torch.is_grad_enabled())
            {
                hidden.Dispose();
            }

            hidden = next;
        }

        return Dropped(_finalNorm.call(hidden)).MoveToOuterDisposeScope();
    }

    /// <summary>The first block's position biases, which all blocks share: [1, h, length, length], following the parameters' gradient.</summary>
    internal torch.Tensor PositionBias(long length)
    {
        if (_buckets is null || _buckets.shape[0] < length || _buckets.device != _shared.Device)
        {
            // Made outside inference mode even when first asked for in it: training saves it for the backward pass.
            using var normalMode = torch.inference_mode(false);
            _buckets?.Dispose();
            _buckets = T5RelativePositions.Buckets(length, _config, _shared.Device).DetachFromDisposeScope();
        }

        // A bucket depends on the distance alone, so a smaller table is the corner of a larger one.
        using var corner = _buckets[..(int)length, ..(int)length];
        return _blocks[0].Attention.PositionBias(corner);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _buckets?.Dispose();
        }

        base.Dispose(disposing);
    }

    private torch.Tensor Dropped(torch.Tensor x) =>
        training && _config.DropoutRate > 0 ? torch.nn.functional.dropout(x, _config.DropoutRate, training: true) : x;
}
