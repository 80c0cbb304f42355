using Grpc.Core;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.TextEncoder.V1;

namespace Phenaki.ServiceDefaults.Tests;

/// <summary>A service whose answers a test chooses; the contract is any of ours.</summary>
internal sealed class ProbeService(ProbeService.Behaviour behaviour) : TextEncoderService.TextEncoderServiceBase
{
    public const string Name = "phenaki.text_encoder.v1.TextEncoderService";

    /// <summary>It as a program without options of its own.</summary>
    public static ServiceDescription Description { get; } = new("probe", "Probe", typeof(object));

    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context) => behaviour.GetModel(context);

    public override Task EncodePrompts(
        IAsyncStreamReader<EncodePromptsRequest> requestStream, IServerStreamWriter<EncodePromptsResponse> responseStream, ServerCallContext context) =>
        behaviour.EncodePrompts(requestStream, responseStream, context);

    internal sealed class Behaviour
    {
        public Func<ServerCallContext, Task<GetModelResponse>> GetModel { get; set; } = _ => Task.FromResult(new GetModelResponse());

        public Func<IAsyncStreamReader<EncodePromptsRequest>, IServerStreamWriter<EncodePromptsResponse>, ServerCallContext, Task> EncodePrompts { get; set; } =
            (_, _, _) => Task.CompletedTask;
    }
}
