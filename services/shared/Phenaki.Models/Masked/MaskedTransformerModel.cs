using Phenaki.Models.Folders;
using TorchSharp;
using static TorchSharp.torch;

namespace Phenaki.Models.Masked;

/// <summary>A masked transformer ready to serve. Embeddings and tokens go in and out as numbers; no tensor leaves. Calls of one model must not overlap.</summary>
public sealed class MaskedTransformerModel : IDisposable
{
    // Giving memory back takes a millisecond or two, and taking it again some more.
    private const int ForwardsBetweenTrims = 8;

    private readonly MaskedTransformerNetwork _network;
    private readonly Dictionary<int, IReadOnlyList<Tensor?>> _positionBiases = [];
    private int _forwards;

    private MaskedTransformerModel(MaskedTransformerConfig config, MaskedTransformerNetwork network, ModelIdentity identity, Device device)
    {
        Config = config;
        Identity = identity;
        _network = network;
        Device = device;
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        Embeddings = network.Embeddings().DetachFromDisposeScope();
        LogitRows = Embeddings.to_type(ScalarType.Float32).DetachFromDisposeScope();
    }

    /// <summary>Sizes.</summary>
    public MaskedTransformerConfig Config { get; }

    /// <summary>Name, version and fingerprint.</summary>
    public ModelIdentity Identity { get; }

    /// <summary>Settings that are used where a request sets none.</summary>
    public SamplingSettings DefaultSampling => Config.DefaultSampling;

    /// <summary>Number of codes; tokens are below it, and a masked token holds it.</summary>
    public int CodebookSize => Config.CodebookSize;

    /// <summary>Token rows of a latent frame.</summary>
    public int Rows => Config.Rows;

    /// <summary>Token columns of a latent frame.</summary>
    public int Columns => Config.Columns;

    /// <summary>Most latent frames in a clip.</summary>
    public int MaxLatentFrames => Config.MaxLatentFrames;

    /// <summary>Width of an embedding row.</summary>
    public int TextWidth => Config.TextWidth;

    /// <summary>Most rows of an embedding.</summary>
    public int MaxTextTokens => Config.MaxTextTokens;

    /// <summary>Fingerprint of the text encoder in training; empty when any of the right width will do.</summary>
    public string TextEncoderFingerprint => Config.TextEncoderFingerprint;

    /// <summary>Fingerprint of the video tokenizer in training; empty when any of the right codebook will do.</summary>
    public string VideoTokenizerFingerprint => Config.VideoTokenizerFingerprint;

    internal MaskedTransformerNetwork Network => _network;

    internal Device Device { get; }

    /// <summary>The network's <see cref="MaskedTransformerNetwork.Embeddings"/>.</summary>
    internal Tensor Embeddings { get; }

    /// <summary>The same in float32: logits are computed in it whatever the precision, as guidance makes their rounding as many times larger as its scale, and they are little of the whole.</summary>
    internal Tensor LogitRows { get; }

    /// <summary>Most clips in a forward pass, at least 1; default 1. <see cref="BatchSweep"/> finds a good one.</summary>
    public int MaxClipsPerForward { get; set; } = 1;

    /// <summary>True where the same request gives the same tokens on every run, whatever shares its forward passes.</summary>
    internal bool IsOnCpu => Device.type == DeviceType.CPU;

    /// <summary>Reads a model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where the model is to run.</param>
    /// <param name="precision">A setting of <see cref="Precision"/>. In bfloat16 the model gives other tokens, and so it has another fingerprint (<see cref="ModelIdentity.In"/>).</param>
    /// <exception cref="ModelFormatException">The folder is missing, damaged, or holds another kind of model.</exception>
    public static MaskedTransformerModel Load(string folder, ComputeDevice device, string precision = Precision.Float32)
    {
        TorchRuntime.EnsureLoaded();
        using var files = ModelFolder.Open(folder, MaskedTransformerConfig.Type);
        var config = files.ReadConfig<MaskedTransformerConfig>();
        ModelFormatException.ThrowIfAny(System.IO.Path.Combine(folder, ModelFolder.ConfigFileName), config.Violations());
        var network = new MaskedTransformerNetwork(config, device.Torch);
        try
        {
            var type = Precision.Of(precision, device.Torch);
            network.to(type);
            files.LoadWeights(network, device.Torch);
            network.eval();
            return new MaskedTransformerModel(config, network, files.Identify(network).In(type), device.Torch);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Begins to sample a clip.</summary>
    /// <exception cref="ArgumentException">The request does not fit the model; the message names field, value and what is allowed.</exception>
    public ClipSampler BeginClip(ClipRequest request)
    {
        string[] wrong = [.. Violations(request)];
        return wrong.Length == 0 ? new ClipSampler(this, request) : throw new ArgumentException(string.Join("; ", wrong), nameof(request));
    }

    /// <summary>
    /// Does one step of each clip. Clips of the same grid share forward passes, whatever their step, settings and seed; each gets the tokens that it gets alone.
    /// </summary>
    /// <param name="clips">Clips of this model, none of them done, each once.</param>
    /// <exception cref="InvalidOperationException">All steps of a clip are done.</exception>
    public void Step(IReadOnlyList<ClipSampler> clips)
    {
        if (clips.FirstOrDefault(clip => clip.IsDone) is { } done)
        {
            throw new InvalidOperationException($"All {done.Steps} steps are done.");
        }

        List<ClipSampler> idle = [.. clips.Where(clip => !clip.NeedsForward)];
        List<ClipSampler[]> batches = [.. clips.Where(clip => clip.NeedsForward).GroupBy(clip => clip.Shape).SelectMany(same => same.Chunk(MaxClipsPerForward))];

        // A forward pass that fails leaves each clip before or after its step, never in it.
        idle.ForEach(clip => clip.StepDone());
        batches.ForEach(Forward);
    }

    private void Forward(ClipSampler[] batch)
    {
        Sample(batch);

        // Every step has other sizes: fewer positions are masked.
        if (++_forwards % ForwardsBetweenTrims == 0 && IsOnCpu)
        {
            TorchRuntime.ReturnFreedMemory();
        }
    }

    private void Sample(ClipSampler[] batch)
    {
        using var _ = inference_mode();
        using var scope = NewDisposeScope();
        var tokens = cat([.. batch.Select(clip => clip.StageTokens())], 0);
        var x = _network.Body(tokens, Embeddings, TextContext.Join([.. batch.Select(clip => clip.Text)]), PositionBiases(batch[0].Shape.LatentFrames));
        long row = 0;
        foreach (var clip in batch)
        {
            using var own = NewDisposeScope();
            int rows = clip.Rows;
            clip.Draw(x.narrow(0, row, rows));
            clip.StepDone();
            row += rows;
        }
    }

    /// <summary>The biases of all layers for a grid, computed at its first use and kept: a model has few shapes.</summary>
    internal IReadOnlyList<Tensor?> PositionBiases(int latentFrames)
    {
        if (!_positionBiases.TryGetValue(latentFrames, out var biases))
        {
            using var scope = NewDisposeScope();
            biases = [.. _network.PositionBiases(latentFrames).Select(bias => bias?.DetachFromDisposeScope())];
            _positionBiases.Add(latentFrames, biases);
        }

        return biases;
    }

    private IEnumerable<string> Violations(ClipRequest request)
    {
        int frame = Rows * Columns;
        if (request.LatentFrames < 1 || request.LatentFrames > MaxLatentFrames)
        {
            yield return $"latent_frames is {request.LatentFrames}; allowed are 1 to {MaxLatentFrames}";
        }

        if (request.PrefixTokens.Length % frame != 0 || request.PrefixTokens.Length >= (long)request.LatentFrames * frame)
        {
            yield return $"prefix_tokens has {request.PrefixTokens.Length} tokens; allowed are whole latent frames of {frame}, fewer than {request.LatentFrames}";
        }

        if (request.PrefixTokens.Any(token => token < 0 || token >= CodebookSize))
        {
            yield return $"prefix_tokens holds {request.PrefixTokens.First(token => token < 0 || token >= CodebookSize)}; tokens are 0 to {CodebookSize - 1}";
        }

        foreach (var (name, values, rows) in new[]
        {
            ("text_embedding", request.TextEmbedding, request.TextTokens),
            ("negative_embedding", request.NegativeEmbedding, request.NegativeTokens),
        })
        {
            if (values is null)
            {
                continue;
            }

            if (rows < 1 || rows > MaxTextTokens || values.Length != rows * TextWidth)
            {
                yield return $"{name} has {values.Length} numbers in {rows} rows; allowed are 1 to {MaxTextTokens} rows of {TextWidth}";
            }
            else if (!Array.TrueForAll(values, float.IsFinite))
            {
                yield return $"{name} holds a value that is not finite";
            }
        }

        foreach (var (_, message) in request.Sampling.Violations())
        {
            yield return message;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var bias in _positionBiases.Values.SelectMany(biases => biases))
        {
            bias?.Dispose();
        }

        LogitRows.Dispose();
        Embeddings.Dispose();
        _network.Dispose();
    }
}
