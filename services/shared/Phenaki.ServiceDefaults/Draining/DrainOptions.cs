using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Draining;

/// <summary>How long a service takes to leave.</summary>
/// <param name="Delay">From SIGTERM to the end of accepting calls, for balancers to notice that health says NOT_SERVING: 0 to 10 minutes; default 0.</param>
/// <param name="Grace">How long the calls in flight may go on after that: 0 to 1 hour; default 30 seconds.</param>
public sealed record DrainOptions(TimeSpan Delay, TimeSpan Grace)
{
    /// <summary>Setting for <see cref="Delay"/>, in seconds.</summary>
    public const string DelayKey = "DrainDelaySeconds";

    /// <summary>Setting for <see cref="Grace"/>, in seconds.</summary>
    public const string GraceKey = "DrainSeconds";

    /// <summary>Time for calls that were ended to say so to their clients, after which connections are cut.</summary>
    public static TimeSpan Farewell { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Reads the settings.</summary>
    /// <exception cref="OptionsValidationException">One is out of range.</exception>
    public static DrainOptions Read(IConfiguration configuration) =>
        new(Seconds(configuration, DelayKey, 0, 600), Seconds(configuration, GraceKey, 30, 3600));

    private static TimeSpan Seconds(IConfiguration configuration, string key, double otherwise, double most) => configuration[key] is not { } text
        ? TimeSpan.FromSeconds(otherwise)
        : double.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= 0 && value <= most
            ? TimeSpan.FromSeconds(value)
            : throw new OptionsValidationException(key, typeof(double), [$"{key} is '{text}'; allowed are 0 to {most} seconds."]);
}
