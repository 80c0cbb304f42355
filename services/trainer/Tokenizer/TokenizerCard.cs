using System.Globalization;
using Phenaki.Models;

namespace Phenaki.Trainer.Tokenizer;

/// <summary>The card of a tokenizer's model folder.</summary>
internal static class TokenizerCard
{
    public static string Write(TokenizerTrainingConfig config, string data, long steps) => string.Create(CultureInfo.InvariantCulture, $"""
        # {config.Model.Name}: video tokenizer

        A C-ViViT (arXiv 2210.02399, section 2.1): {config.Model.FrameHeight}x{config.Model.FrameWidth} pixels, patches of
        {config.Model.TemporalPatch}x{config.Model.PatchHeight}x{config.Model.PatchWidth}, codes of
        {config.Model.Quantizer.Parts} x {new ProductCode(config.Model.Quantizer.CodebookSize, config.Model.Quantizer.Parts).PartSize} entries and {config.Model.Quantizer.CodeWidth} numbers, causal in time.

        Data: {data}. Training: {steps} steps of {config.ClipsPerStep * config.Accumulate} clips and {config.StillsPerStep * config.Accumulate} stills,
        {Course(config)}.

        """);

    private static string Course(TokenizerTrainingConfig config) => config switch
    {
        { DecoderOnly: true } => "begun with another model whose encoder and codes it keeps",
        { From: not null, UnquantisedSteps: 0 } => "begun with another model and its codes",
        { Model.Quantizer.Type: "vq" } => string.Create(CultureInfo.InvariantCulture, $"the first {config.UnquantisedSteps} without quantisation, then with a codebook started by k-means"),
        _ => "with the fixed codes of its levels",
    };
}
