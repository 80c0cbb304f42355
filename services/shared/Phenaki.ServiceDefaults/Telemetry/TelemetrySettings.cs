using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>What the configuration says about telemetry.</summary>
/// <param name="MetricsUrl">Where Prometheus finds the metrics, as in <c>http://127.0.0.1:9101</c>; null for nowhere.</param>
/// <param name="Exports">True when there is an OpenTelemetry collector to send traces, metrics and logs to.</param>
internal sealed record TelemetrySettings(string? MetricsUrl, bool Exports)
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Telemetry";

    /// <summary>
    /// Setting for the port of the Prometheus endpoint, on the host of <see cref="ServiceDefaultsExtensions.ListenKey"/>: 1 to 65535, 0 for any that
    /// is free, -1 for no endpoint. Default: 4000 above the port of the service; 0 where the service itself takes any port, -1 where it has none.
    /// </summary>
    public const string MetricsPortKey = $"{Section}:MetricsPort";

    /// <summary>
    /// Standard variable with the address of the collector (OTLP), as in <c>http://collector:4317</c>; nothing is sent without it. The other standard
    /// variables apply, such as OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_SERVICE_NAME and OTEL_TRACES_SAMPLER.
    /// </summary>
    public const string CollectorKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const int MetricsPortOffset = 4000;
    private const string Loopback = "127.0.0.1";

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="OptionsValidationException">A setting is out of range, or there is no such setting.</exception>
    public static TelemetrySettings Read(IConfiguration configuration)
    {
        if (configuration.GetSection(Section).GetChildren().FirstOrDefault(child => !$"{Section}:{child.Key}".Equals(MetricsPortKey, StringComparison.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Invalid(Section, $"There is no setting {unknown.Path}; the setting is {MetricsPortKey}.");
        }

        return new(MetricsAt(configuration), HasCollector(configuration));
    }

    /// <summary>True when the configuration names a collector.</summary>
    /// <exception cref="OptionsValidationException">It is no address.</exception>
    public static bool HasCollector(IConfiguration configuration) => configuration[CollectorKey] is { Length: > 0 } address
        && (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? true
            : throw Invalid(CollectorKey, $"{CollectorKey} is '{address}'; allowed are addresses such as http://collector:4317."));

    private static string? MetricsAt(IConfiguration configuration)
    {
        var text = configuration[MetricsPortKey];
        var port = -1;
        if (!string.IsNullOrEmpty(text) && !(int.TryParse(text, CultureInfo.InvariantCulture, out port) && port is >= -1 and <= 65_535))
        {
            throw Invalid(MetricsPortKey, $"{MetricsPortKey} is '{text}'; allowed are 1 to 65535, 0 for any free port and -1 for none.");
        }

        var host = Loopback;
        if (configuration[ServiceDefaultsExtensions.ListenKey] is { Length: > 0 } listen && BindingAddress.Parse(listen) is { IsUnixPipe: false, IsNamedPipe: false } address)
        {
            port = string.IsNullOrEmpty(text) ? Default(address.Port) : port;

            // A name stands for two addresses, v4 and v6, which cannot both be given the same free port.
            host = port == 0 && address.Host == "localhost" ? Loopback : address.Host;
        }

        return port < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}");
    }

    private static int Default(int port) => port is > 0 and <= 65_535 - MetricsPortOffset ? port + MetricsPortOffset : 0;

    private static OptionsValidationException Invalid(string name, string message) => new(name, typeof(TelemetrySettings), [message]);
}
