using Microsoft.Extensions.Options;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Checks what a range cannot say.</summary>
internal sealed class VideoOptionsValidator : IValidateOptions<VideoOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, VideoOptions options) => options.Folder.Length == 0 || Directory.Exists(options.Folder)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{VideoOptions.Section}:{nameof(options.Folder)} is '{options.Folder}', which is no folder that exists.");
}
