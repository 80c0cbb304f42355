using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.Clients.Balancing;

namespace Phenaki.Orchestrator;

/// <summary>Checks what a range cannot say.</summary>
internal sealed class OrchestratorOptionsValidator : IValidateOptions<OrchestratorOptions>
{
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
        if (options.RedisCertificateFile.Length > 0 != options.RedisKeyFile.Length > 0)
        {
            failures.Add($"{OrchestratorOptions.Section}:{nameof(options.RedisCertificateFile)} and {nameof(options.RedisKeyFile)} belong together; one of them is not set.");
        }

        if (options.RedisCaFile.Length + options.RedisCertificateFile.Length > 0 && !cache.UsesTls)
        {
            failures.Add($"{OrchestratorOptions.Section}:{nameof(options.RedisCaFile)} or {nameof(options.RedisCertificateFile)} is set, but {nameof(options.Redis)} does not say ssl=true.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Address(List<string> failures, string name, string address)
    {
        if (ServiceAddress.Parse(address, dnsUsesTls: false) is null)
        {
            failures.Add(
                $"{OrchestratorOptions.Section}:{name} is '{address}'; allowed are addresses such as http://host:5101, https://host:5101 and dns:///host:5101, and several of the first or the second kind separated by commas.");
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
