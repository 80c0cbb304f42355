namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>A service as a program of its own.</summary>
/// <param name="Name">As in <c>text-encoder</c>; the settings that ship with it are in <c>appsettings.NAME.json</c> beside the program.</param>
/// <param name="Section">Section of the configuration that its options are bound to, as in <c>TextEncoder</c>.</param>
/// <param name="Options">Type of its options: each property that can be written is a command-line option, as in <c>--max-queue</c>.</param>
public sealed record ServiceDescription(string Name, string Section, Type Options)
{
    /// <summary>True for a service that can also be called over HTTP with JSON, at <see cref="HttpExtensions.ListenKey"/>.</summary>
    public bool HasHttp { get; init; }
}
