using Phenaki.Models;
using Phenaki.Models.Masked;
using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.MaskedTransformer.Sampling;

/// <summary>The model from a folder.</summary>
internal sealed class LoadedMaskedTransformer : IMaskedTransformer
{
    private readonly MaskedTransformerModel _model;

    private LoadedMaskedTransformer(MaskedTransformerModel model) => _model = model;

    /// <inheritdoc/>
    public ModelIdentity Identity => _model.Identity;

    /// <inheritdoc/>
    public MaskedTransformerConfig Config => _model.Config;

    /// <inheritdoc/>
    public int MaxClipsPerForward => _model.MaxClipsPerForward;

    /// <summary>Reads the folder that the options name, and finds out how many clips should share a forward pass.</summary>
    public static IMaskedTransformer Load(MaskedTransformerOptions options)
    {
        var folder = ModelFolderPath.Resolve(options.Model, "masked-transformer", $"{MaskedTransformerOptions.Section}:{nameof(options.Model)}");
        var model = MaskedTransformerModel.Load(folder, ComputeDevice.Parse(options.Device), options.Precision);
        try
        {
            model.MaxClipsPerForward = options.MaxClipsPerForward > 0
                ? options.MaxClipsPerForward
                : BatchSweep.Run(model, options.MaxActive, (long)options.BatchMegabytes << 20, TimeProvider.System);
            return new LoadedMaskedTransformer(model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IClipSampler BeginClip(ClipRequest request) => new Sampler(_model.BeginClip(request));

    /// <inheritdoc/>
    public void Step(IReadOnlyList<IClipSampler> clips) => _model.Step([.. clips.Cast<Sampler>().Select(clip => clip.Clip)]);

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private sealed class Sampler(ClipSampler sampler) : IClipSampler
    {
        public ClipSampler Clip => sampler;

        public int StepsDone => sampler.StepsDone;

        public int Steps => sampler.Steps;

        public int Masked => sampler.Masked;

        public int[] Tokens => sampler.Tokens;

        public void Dispose() => sampler.Dispose();
    }
}
