using System.Net;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Phenaki.Orchestrator.Durable;

/// <summary>Checks what a range cannot say.</summary>
internal sealed class DurableStoryOptionsValidator : IValidateOptions<DurableStoryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DurableStoryOptions options)
    {
        List<string> failures = [];
        if (options.AdvertisedAddress.Length > 0 && !IPAddress.TryParse(options.AdvertisedAddress, out _))
        {
            failures.Add($"{DurableStoryOptions.Section}:{nameof(options.AdvertisedAddress)} is '{options.AdvertisedAddress}'; allowed are IP addresses, or nothing for the machine's first.");
        }

        try
        {
            if (options.Redis.Length > 0)
            {
                _ = ConfigurationOptions.Parse(options.Redis);
            }
        }
        catch (ArgumentException error)
        {
            // The address itself may hold a password, so the message leaves it out.
            failures.Add($"{DurableStoryOptions.Section}:{nameof(options.Redis)} is no address that can be read: {error.Message}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
