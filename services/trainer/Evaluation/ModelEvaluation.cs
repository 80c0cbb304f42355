using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;
using Phenaki.Models.Video;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Tokenizer;
using Phenaki.Trainer.Transformer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Evaluation;

/// <summary>Measures the parts of a model as they lie in their folders, on clips of a seed that training did not use.</summary>
internal static class ModelEvaluation
{
    private const int BatchClips = 8;

    public static IReadOnlyList<(string Name, Figure Figure)> Measure(ModelParts parts, int clips, ulong seed, ComputeDevice device)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var videoFiles = ModelFolder.Open(parts.VideoTokenizer, VideoTokenizerConfig.Type);
        var video = videoFiles.ReadConfig<VideoTokenizerConfig>();
        using var tokenizer = new VideoTokenizerNetwork(video, device.Torch);
        videoFiles.LoadWeights(tokenizer, device.Torch);
        var world = new StoryWorldDataset();
        var geometry = video.Geometry();
        var batches = new TokenizerBatches(world, geometry, geometry.Frames(video.TemporalWindow), seed, subjectWeight: 2, device.Torch);
        var clip = new PixelErrors();
        var still = new PixelErrors();
        var used = new HashSet<long>();
        int steps = (clips + BatchClips - 1) / BatchClips;
        for (int step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            foreach (var batch in batches.Draw(step, BatchClips, BatchClips))
            {
                var (code, indices, _) = tokenizer.Quantizer.Straight(tokenizer.Encode(batch.Frames));
                used.UnionWith(Entries(tokenizer.Quantizer, indices.flatten()).data<long>().ToArray());
                (batch.IsStill ? still : clip).Add(tokenizer.Decode(code).clamp(-1, 1) - batch.Frames, batch.Weights > 1);
            }
        }

        var (trained, heldOut) = Losses(parts, video, tokenizer, world, steps, seed, device);
        int count = steps * BatchClips;
        return
        [
            ("psnr", new Figure(clip.Psnr, count)),
            ("psnr_subject", new Figure(clip.PsnrSubject, count)),
            ("psnr_still", new Figure(still.Psnr, count)),
            ("codes_used", new Figure(used.Count, count)),
            ("codes", new Figure(new ProductCode(video.Quantizer.CodebookSize, video.Quantizer.Parts).TableSize, count)),
            ("loss_trained", new Figure(trained, count)),
            ("loss_held_out", new Figure(heldOut, count)),
        ];
    }

    // Of a code in parts each part counts for itself.
    private static Tensor Entries(Quantizer quantizer, Tensor indices) =>
        quantizer is VectorQuantizer vector ? cat([.. Enumerable.Range(0, vector.Code.Parts).Select(part => vector.Entries(indices, part))], 0) : indices;

    private static (double Trained, double HeldOut) Losses(
        ModelParts parts, VideoTokenizerConfig video, VideoTokenizerNetwork tokenizer, StoryWorldDataset world, int steps, ulong seed, ComputeDevice device)
    {
        using var maskedFiles = ModelFolder.Open(parts.MaskedTransformer, MaskedTransformerConfig.Type);
        var masked = maskedFiles.ReadConfig<MaskedTransformerConfig>();
        using var network = new MaskedTransformerNetwork(masked, device.Torch);
        maskedFiles.LoadWeights(network, device.Torch);
        using var textFiles = ModelFolder.Open(parts.TextEncoder, T5Config.Type);
        var text = textFiles.ReadConfig<T5Config>(allowUnknownKeys: true);
        using var encoder = new T5Encoder(text, device: device.Torch);
        textFiles.LoadWeights(encoder, device.Torch);
        var vocabulary = new CaptionVocabulary(StoryWorldDataset.Vocabulary);
        var config = new TransformerTrainingConfig
        {
            Model = masked,
            TextEncoder = text,
            Seed = seed,
            Steps = steps,
            TextDrop = 0,
            Phases = [new TrainingPhase { FromStep = 0, Clips = BatchClips, Stills = 0 }],
        };
        return (Loss(heldOut: false), Loss(heldOut: true));

        double Loss(bool heldOut)
        {
            var batches = new TransformerBatches(world, tokenizer, video.Geometry(), vocabulary.Tokenizer, config, device.Torch, heldOut);
            double sum = 0;
            for (int step = 0; step < steps; step++)
            {
                using var inner = NewDisposeScope();
                sum += MaskedLoss.Of(batches.Draw(step).Single(), network, encoder).item<float>();
            }

            return sum / steps;
        }
    }
}
