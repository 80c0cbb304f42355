namespace Phenaki.ServiceDefaults.Startup;

/// <summary>A service that gets ready in the background.</summary>
public interface IWarmup
{
    /// <summary>Full name of the gRPC service, as in <c>phenaki.text_encoder.v1.TextEncoderService</c>.</summary>
    string ServiceName { get; }

    /// <summary>Completes when the service is ready; fails with a <see cref="StartupException"/> when it never will be.</summary>
    Task Completion { get; }
}
