using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Telemetry;

namespace Phenaki.ServiceDefaults.Tests;

public sealed class TelemetrySettingsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5101", null, "http://127.0.0.1:9101")]
    [InlineData("https://0.0.0.0:5100", null, "http://0.0.0.0:9100")]
    [InlineData("http://[::]:5100", null, "http://[::]:9100")]
    [InlineData("http://127.0.0.1:5101", "9000", "http://127.0.0.1:9000")]
    [InlineData("http://127.0.0.1:5101", "-1", null)]
    [InlineData("http://127.0.0.1:0", null, "http://127.0.0.1:0")]
    [InlineData("http://localhost:5101", "0", "http://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:65000", null, "http://127.0.0.1:0")]
    [InlineData("http://unix:/run/phenaki.sock", null, null)]
    [InlineData("http://unix:/run/phenaki.sock", "9000", "http://127.0.0.1:9000")]
    [InlineData(null, null, null)]
    [InlineData(null, "0", "http://127.0.0.1:0")]
    public void MetricsUrl_OfListenAndPort_IsWhatIsDocumented(string? listen, string? port, string? expected) =>
        Assert.Equal(expected, Read(("Listen", listen), ("Telemetry:MetricsPort", port)).MetricsUrl);

    [Theory]
    [InlineData("Telemetry:MetricsPort", "65536", "allowed are 1 to 65535")]
    [InlineData("Telemetry:MetricsPort", "many", "allowed are 1 to 65535")]
    [InlineData("Telemetry:Port", "1", "There is no setting Telemetry:Port")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "allowed are addresses such as http://collector:4317")]
    public void Read_BadSetting_NamesItAndWhatIsAllowed(string name, string value, string message) =>
        Assert.Contains(message, Assert.Throws<OptionsValidationException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Exports_WithACollector_IsOn()
    {
        Assert.True(Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")).Exports);
        Assert.False(Read().Exports);
    }

    private static TelemetrySettings Read(params (string Name, string? Value)[] settings) =>
        TelemetrySettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Name, one.Value))).Build());
}
