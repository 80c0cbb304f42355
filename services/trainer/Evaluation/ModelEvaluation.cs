using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Transformer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Evaluation;

/// <summary>Measures the parts of a model as they lie in their folders, on clips that training did not see.</summary>
internal sealed class ModelEvaluation : IDisposable
{
    private const int BatchClips = 8;

    private readonly ModelParts _parts;
    private readonly IClipSource _source;
    private readonly ulong _seed;
    private readonly Device _device;
    private readonly VideoTokenizerNetwork _tokenizer;

    /// <summary>Reads the video tokenizer.</summary>
    /// <param name="parts">Folders of the model.</param>
    /// <param name="video">Its video tokenizer's sizes.</param>
    /// <param name="source">Clips of a seed that training did not use.</param>
    /// <param name="seed">Seed of the masks.</param>
    /// <param name="device">Where to run.</param>
    public ModelEvaluation(ModelParts parts, VideoTokenizerConfig video, IClipSource source, ulong seed, ComputeDevice device)
    {
        (_parts, Video, _source, _seed, _device) = (parts, video, source, seed, device.Torch);
        using var files = ModelFolder.Open(parts.VideoTokenizer, VideoTokenizerConfig.Type);
        _tokenizer = new VideoTokenizerNetwork(video, _device);
        files.LoadWeights(_tokenizer, _device);
    }

    /// <summary>The video tokenizer's sizes.</summary>
    public VideoTokenizerConfig Video { get; }

    /// <summary>Real clips above their reconstructions, for the report.</summary>
    public List<IReadOnlyList<byte[]>> Rebuilt { get; } = [];

    /// <summary>Measures video tokenizer and masked transformer, on what is held out where a figure does not say otherwise.</summary>
    /// <param name="clips">Clips and stills to measure on; rounded up to whole batches.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public async Task<IReadOnlyList<(string Name, Figure Figure)>> MeasureAsync(int clips, CancellationToken cancellationToken)
    {
        int steps = (clips + BatchClips - 1) / BatchClips;
        int count = steps * BatchClips;
        var geometry = Video.Geometry();
        var batches = new TokenizerBatches(_source, geometry, geometry.Frames(Video.TemporalWindow), subjectWeight: 2, faintWeight: 0, _device);
        var (clip, still, used) = (new PixelErrors(), new PixelErrors(), new HashSet<long>());
        for (int step = 0; step < steps; step++)
        {
            foreach (var set in await batches.ReadAsync(step, BatchClips, BatchClips, 1, heldOut: true, cancellationToken).ConfigureAwait(false))
            {
                Add(batches, set, set.Frames == 1 ? still : clip, used);
            }
        }

        var figures = new List<(string, Figure)> { ("psnr", new Figure(clip.Psnr, count)), ("psnr_still", new Figure(still.Psnr, count)) };
        if (clip.HasSubjects)
        {
            figures.Insert(1, ("psnr_subject", new Figure(clip.PsnrSubject, count)));
        }

        figures.Add(("codes_used", new Figure(used.Count, count)));
        figures.Add(("codes", new Figure(new ProductCode(Video.Quantizer.CodebookSize, Video.Quantizer.Parts).TableSize, count)));
        figures.Add(("loss_trained", new Figure(await LossAsync(steps, heldOut: false, cancellationToken).ConfigureAwait(false), count)));
        figures.Add(("loss_held_out", new Figure(await LossAsync(steps, heldOut: true, cancellationToken).ConfigureAwait(false), count)));
        return figures;
    }

    private void Add(TokenizerBatches batches, ClipSet set, PixelErrors errors, HashSet<long> used)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var batch = batches.Load(set);
        var (code, indices, _) = _tokenizer.Quantizer.Straight(_tokenizer.Encode(batch.Frames));
        used.UnionWith(Entries(_tokenizer.Quantizer, indices.flatten()).cpu().data<long>().ToArray());
        var made = _tokenizer.Decode(code).clamp(Number.Of(-1), Number.Of(1));
        errors.Add(made - batch.Frames, batch.HasSubjects ? batch.Weights > Number.Of(1) : null);
        if (set.Frames > 1 && Rebuilt.Count == 0)
        {
            int size = Video.Geometry().FrameBytes;
            foreach (var (real, rebuilt) in set.Clips.Zip(FramePixels.ToBytes(made).Chunk(size * set.Frames)))
            {
                Rebuilt.Add([.. real.Rgb.Chunk(size)]);
                Rebuilt.Add([.. rebuilt.Chunk(size)]);
            }
        }
    }

    // Of a code in parts each part counts for itself.
    private static Tensor Entries(Quantizer quantizer, Tensor indices) =>
        quantizer is VectorQuantizer vector ? cat([.. Enumerable.Range(0, vector.Code.Parts).Select(part => vector.Entries(indices, part))], 0) : indices;

    private async Task<double> LossAsync(int steps, bool heldOut, CancellationToken cancellationToken)
    {
        using var maskedFiles = ModelFolder.Open(_parts.MaskedTransformer, MaskedTransformerConfig.Type);
        var masked = maskedFiles.ReadConfig<MaskedTransformerConfig>();
        using var network = new MaskedTransformerNetwork(masked, _device);
        maskedFiles.LoadWeights(network, _device);
        using var textFiles = ModelFolder.Open(_parts.TextEncoder, T5Config.Type);
        var text = textFiles.ReadConfig<T5Config>(allowUnknownKeys: true);
        using var encoder = new T5Encoder(text, device: _device);
        textFiles.LoadWeights(encoder, _device);
        string spiece = ModelFolder.SentencePieceFileName;
        var words = SentencePieceTokenizer.Create(
            Path.Combine(_parts.TextEncoder, spiece),
            textFiles.ReadTokenizerFile(spiece) ?? throw new ModelFormatException(_parts.TextEncoder, null, $"{spiece} is missing"),
            textFiles.ReadTokenizerFile(ModelFolder.TokenizerConfigFileName));
        var config = new TransformerTrainingConfig
        {
            Model = masked,
            TextEncoder = text,
            Seed = _seed,
            Steps = steps,
            TextDrop = 0,
            PrefixFrames = Video.Geometry().LargestWholeClip(5),
            Phases = [new TrainingPhase { FromStep = 0, Clips = BatchClips, Stills = 0 }],
        };
        var batches = new TransformerBatches(_source, _tokenizer, Video.Geometry(), words, config, _device, heldOut);
        double sum = 0;
        for (int step = 0; step < steps; step++)
        {
            var samples = (await batches.ReadAsync(step, cancellationToken).ConfigureAwait(false))[0];
            sum += Loss(batches, samples, network, encoder);
        }

        return sum / steps;
    }

    private static double Loss(TransformerBatches batches, TransformerBatches.Samples samples, MaskedTransformerNetwork network, T5Encoder encoder)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return MaskedLoss.Of(batches.Load(samples), network, encoder).item<float>();
    }

    public void Dispose() => _tokenizer.Dispose();
}
