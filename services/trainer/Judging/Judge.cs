using Phenaki.Models;
using Phenaki.Models.Folders;
using Phenaki.Trainer.StoryWorld;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Judging;

/// <summary>The trained judge.</summary>
internal sealed class Judge : IDisposable
{
    private const int BatchClips = 16;
    private readonly JudgeNetwork _network;
    private readonly Device _device;

    private Judge(JudgeNetwork network, Device device) => (_network, _device) = (network, device);

    /// <summary>The folder of the judge that comes with the trainer.</summary>
    public static string ShippedFolder => Path.Combine(AppContext.BaseDirectory, "judge");

    /// <summary>Reads a judge.</summary>
    /// <exception cref="ModelFormatException">The folder is missing, damaged, or holds another kind of model.</exception>
    public static Judge Load(string folder, ComputeDevice device)
    {
        using var files = ModelFolder.Open(folder, JudgeConfig.Type);
        var network = new JudgeNetwork(files.ReadConfig<JudgeConfig>(), device.Torch);
        try
        {
            files.LoadWeights(network, device.Torch);
            network.eval();
            return new Judge(network, device.Torch);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Judges clips of 11 frames.</summary>
    /// <param name="clips">Bytes [11, 64, 64, 3] of each.</param>
    /// <returns>For each clip what is seen in it, and the numbers that describe it.</returns>
    public IReadOnlyList<Verdict> See(IReadOnlyList<byte[]> clips)
    {
        var verdicts = new List<Verdict>(clips.Count);
        foreach (var batch in clips.Chunk(BatchClips))
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            var features = _network.Describe(ClipTensor.Of(batch, JudgeNetwork.Frames, _device));
            var (subject, place, action) = _network.Name(features);
            long[] subjects = Best(subject), places = Best(place), actions = Best(action);
            for (int i = 0; i < batch.Length; i++)
            {
                verdicts.Add(new Verdict((Subject)subjects[i], (Place)places[i], (SceneAction)actions[i], features[i].cpu().data<float>().ToArray()));
            }
        }

        return verdicts;
    }

    private static long[] Best(Tensor logits) => logits.argmax(1).cpu().data<long>().ToArray();

    public void Dispose() => _network.Dispose();
}
