using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Phenaki.Orchestrator;

/// <summary>Checks what a range cannot say.</summary>
internal sealed class OrchestratorOptionsValidator : IValidateOptions<OrchestratorOptions>
{
    private static readonly string[] Schemes = ["http", "https", "dns"];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, OrchestratorOptions options)
    {
        List<string> failures = [];
        Address(failures, nameof(options.TextEncoderAddress), options.TextEncoderAddress);
        Address(failures, nameof(options.VideoTokenizerAddress), options.VideoTokenizerAddress);
        Address(failures, nameof(options.MaskedTransformerAddress), options.MaskedTransformerAddress);
        AtMost(failures, nameof(options.DefaultSceneFrames), options.DefaultSceneFrames, nameof(options.MaxSceneFrames), options.MaxSceneFrames);
        AtMost(failures, nameof(options.PrefixFrames), options.PrefixFrames, $"{nameof(options.ClipFrames)} - 1", options.ClipFrames - 1);
        var cache = options.ToCacheOptions();
        failures.AddRange(cache.Validate(new ValidationContext(cache)).Select(result => $"{OrchestratorOptions.Section}:{result.ErrorMessage}"));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Address(List<string> failures, string name, string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || !Schemes.Contains(uri.Scheme))
        {
            failures.Add(
                $"{OrchestratorOptions.Section}:{name} is '{address}'; allowed are addresses such as http://host:5101, https://host:5101 and dns:///host:5101.");
        }
    }

    private static void AtMost(List<string> failures, string name, int value, string limitName, int limit)
    {
        if (value > limit)
        {
            failures.Add($"{OrchestratorOptions.Section}:{name} is {value}; it must be at most {limitName}, which is {limit}.");
        }
    }
}
