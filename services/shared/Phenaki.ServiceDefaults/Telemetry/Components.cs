namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>Names of the parts of the mesh, as they stand in metrics: the folders below <c>services/</c>.</summary>
internal static class Components
{
    /// <summary>The part that serves a service, as in <c>text-encoder</c> for <c>phenaki.text_encoder.v1.TextEncoderService</c>.</summary>
    public static string Of(string service) => service.Split('.') switch
    {
        ["phenaki", "story", ..] or ["openai", ..] => "orchestrator",
        ["phenaki", var package, ..] => package.Replace('_', '-'),
        _ => "other",
    };
}
