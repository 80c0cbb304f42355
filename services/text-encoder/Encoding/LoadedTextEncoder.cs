using Phenaki.Models;
using Phenaki.Models.Text;
using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.TextEncoder.Encoding;

/// <summary>The model from a folder.</summary>
internal sealed class LoadedTextEncoder : ITextEncoder
{
    private readonly TextEncoderModel _model;

    private LoadedTextEncoder(TextEncoderModel model) => _model = model;

    /// <inheritdoc/>
    public ModelIdentity Identity => _model.Identity;

    /// <inheritdoc/>
    public int Width => _model.Width;

    /// <inheritdoc/>
    public int MaxTokens => _model.MaxTokens;

    /// <summary>Reads the folder that the options name.</summary>
    public static ITextEncoder Load(TextEncoderOptions options)
    {
        var folder = ModelFolderPath.Resolve(options.Model, "text-encoder", $"{TextEncoderOptions.Section}:{nameof(options.Model)}");
        return new LoadedTextEncoder(TextEncoderModel.Load(folder, ComputeDevice.Parse(options.Device)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<PromptEmbedding> Encode(IReadOnlyList<string> texts, int maxTokens) => _model.Encode(texts, maxTokens);

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
