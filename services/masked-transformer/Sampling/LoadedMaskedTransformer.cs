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

    /// <summary>Reads the folder that the options name.</summary>
    public static IMaskedTransformer Load(MaskedTransformerOptions options)
    {
        var folder = ModelFolderPath.Resolve(options.Model, "masked-transformer", $"{MaskedTransformerOptions.Section}:{nameof(options.Model)}");
        return new LoadedMaskedTransformer(MaskedTransformerModel.Load(folder, ComputeDevice.Parse(options.Device)));
    }

    /// <inheritdoc/>
    public IClipSampler BeginClip(ClipRequest request) => new Sampler(_model.BeginClip(request));

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private sealed class Sampler(ClipSampler sampler) : IClipSampler
    {
        public int StepsDone => sampler.StepsDone;

        public int Steps => sampler.Steps;

        public int Masked => sampler.Masked;

        public int[] Tokens => sampler.Tokens;

        public void Step() => sampler.Step();

        public void Dispose() => sampler.Dispose();
    }
}
