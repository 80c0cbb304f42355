using Phenaki.Media;
using Phenaki.Models.Video;
using Phenaki.Trainer.Training;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>Writes pictures of held-back clips and their reconstructions, one row each, for people to look at.</summary>
internal sealed class TokenizerSamples(TokenizerBatches batches, string folder)
{
    private const int Clips = 6;

    // Far beyond the last step of any training.
    private const long SampleStep = 1L << 40;

    public async Task WriteAsync(VideoTokenizerNetwork network, long step, CancellationToken cancellationToken)
    {
        var set = (await batches.ReadAsync(SampleStep, Clips, 0, 1, heldOut: true, cancellationToken).ConfigureAwait(false))[0];
        var (rows, width, height) = Rebuild(network, set);
        await FrameStrip.WriteAsync(Path.Combine(folder, TrainingRun.SamplesName(step)), rows, width, height, scale: 1, gap: 1, cancellationToken).ConfigureAwait(false);
    }

    private (List<IReadOnlyList<byte[]>> Rows, int Width, int Height) Rebuild(VideoTokenizerNetwork network, ClipSet set)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var frames = batches.Load(set).Frames;
        var (code, _, _) = network.Quantizer.Straight(network.Encode(frames));
        var made = network.Decode(code);
        int bytes = set.Pixels.Length / (Clips * set.Frames);
        var rows = new List<IReadOnlyList<byte[]>>();
        for (int clip = 0; clip < Clips; clip++)
        {
            rows.Add([.. set.Clips[clip].Rgb.Chunk(bytes)]);
            rows.Add([.. FramePixels.ToBytes(made[clip]).Chunk(bytes)]);
        }

        return (rows, (int)frames.shape[3], (int)frames.shape[2]);
    }
}
