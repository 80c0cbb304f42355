using Google.Protobuf;
using Phenaki.FunctionalTests.Telemetry.Otlp.Trace;

namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>A span as a collector gets it.</summary>
/// <param name="Service">Name of the process.</param>
/// <param name="Source">Name of the source.</param>
/// <param name="Version">Version of the source.</param>
/// <param name="Span">The span.</param>
internal sealed record ReceivedSpan(string Service, string Source, string Version, Span Span)
{
    public string Name => Span.Name;

    public ByteString Id => Span.SpanId;

    public ByteString Parent => Span.ParentSpanId;

    public ByteString Trace => Span.TraceId;

    /// <summary>A whole number among the attributes; null without it.</summary>
    public long? Number(string key) => Span.Attributes.SingleOrDefault(one => one.Key == key)?.Value.IntValue;

    public override string ToString() => $"{Service} {Source} {Name}";
}
