using Phenaki.Models;
using Phenaki.Trainer.StoryWorld;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Judging;

/// <summary>
/// A small convolution network that names subject, place and action of a clip of 11 frames. It sees every second frame. It has seen nothing but real
/// StoryWorld clips and shares no weights with the models it judges.
/// </summary>
internal sealed class JudgeNetwork : nn.Module
{
    /// <summary>Frames of a clip that it judges.</summary>
    public const int Frames = 11;

    /// <summary>Frames that it sees of them.</summary>
    public const int Seen = 6;
    private readonly ModuleList<Conv2d> convolutions;
    private readonly ModuleList<GroupNorm> norms;
    private readonly Linear describe;
    private readonly Linear subject;
    private readonly Linear place;
    private readonly Linear action;

    public JudgeNetwork(JudgeConfig config, Device device)
        : base(nameof(JudgeNetwork))
    {
        int channels = config.Channels;
        int[] widths = [3 * Seen, channels, 2 * channels, 3 * channels, 4 * channels];
        convolutions = new([.. widths.Zip(widths.Skip(1), (from, to) => nn.Conv2d(from, to, 3, stride: 2, padding: 1, device: device))]);
        norms = new([.. widths.Skip(1).Select(width => Norm(width, device))]);
        const int Side = StoryWorldDataset.Size / 16;
        describe = nn.Linear(4 * channels * Side * Side, config.Features, device: device);
        subject = nn.Linear(config.Features, Enum.GetValues<Subject>().Length, device: device);
        place = nn.Linear(config.Features, Enum.GetValues<Place>().Length, device: device);
        action = nn.Linear(config.Features, Enum.GetValues<SceneAction>().Length, device: device);
        RegisterComponents();
    }

    /// <summary>Describes clips by a few numbers.</summary>
    /// <param name="frames">Shape [batch, 11, 64, 64, 3], -1 to 1.</param>
    /// <returns>Shape [batch, features].</returns>
    public Tensor Describe(Tensor frames)
    {
        var every = frames.index_select(1, arange(Number.Of(0), Number.Of(Frames), Number.Of(2), device: frames.device));
        var last = Layers(every.permute(0, 1, 4, 2, 3).flatten(1, 2)).Last();
        return nn.functional.gelu(describe.forward(last.flatten(1)));
    }

    /// <summary>What each of its layers makes of frames, the first one first.</summary>
    /// <param name="frames">Shape [batch, 6 * 3, height, width]: six frames of red, green and blue.</param>
    public IEnumerable<Tensor> Layers(Tensor frames)
    {
        var x = frames;
        for (int i = 0; i < convolutions.Count; i++)
        {
            x = nn.functional.gelu(norms[i].forward(convolutions[i].forward(x)));
            yield return x;
        }
    }

    // TorchSharp leaves weights and biases as the memory was where it is given a device.
    private static GroupNorm Norm(int width, Device device)
    {
        var norm = nn.GroupNorm(8, width, device: device);
        nn.init.ones_(norm.weight!);
        nn.init.zeros_(norm.bias!);
        return norm;
    }

    /// <summary>Logits of subject, place and action from what <see cref="Describe"/> gives.</summary>
    public (Tensor Subject, Tensor Place, Tensor Action) Name(Tensor features) => (subject.forward(features), place.forward(features), action.forward(features));
}
