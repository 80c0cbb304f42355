using System.Globalization;
using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>How often files with certificates and keys are looked at.</summary>
/// <param name="Interval">Time between two looks: 100 milliseconds to 1 hour; default 5 seconds.</param>
public sealed record FileReload(TimeSpan Interval)
{
    /// <summary>Setting of the configuration, as in 00:00:05.</summary>
    public const string Key = "FileReloadInterval";

    /// <summary>What holds where nothing is set.</summary>
    public static FileReload Default { get; } = new(TimeSpan.FromSeconds(5));

    /// <summary>Reads the setting.</summary>
    /// <exception cref="OptionsValidationException">It is out of range.</exception>
    public static FileReload Read(string? text) => text is null
        ? Default
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) && interval >= TimeSpan.FromSeconds(0.1) && interval <= TimeSpan.FromHours(1)
            ? new(interval)
            : throw new OptionsValidationException(Key, typeof(TimeSpan), [$"{Key} is '{text}'; allowed are 00:00:00.1 to 01:00:00."]);
}
