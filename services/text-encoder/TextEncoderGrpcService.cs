using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Contracts;
using Phenaki.Models.Text;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.ServiceDefaults.Hosting;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.TextEncoder.Encoding;
using Phenaki.TextEncoder.V1;

namespace Phenaki.TextEncoder;

/// <summary>The wire of the service.</summary>
internal sealed class TextEncoderGrpcService(
    Warmup<TextEncoderEngine> warmup, IOptions<TextEncoderOptions> options, ILogger<TextEncoderGrpcService> logger)
    : TextEncoderService.TextEncoderServiceBase
{
    // Leaves room for ids and unknown words in a message of 4 MiB.
    private const int MaxEmbeddingBytes = WireTensor.MaxBytes - (64 * 1024);

    /// <inheritdoc/>
    public override async Task EncodePrompts(
        IAsyncStreamReader<EncodePromptsRequest> requestStream, IServerStreamWriter<EncodePromptsResponse> responseStream, ServerCallContext context)
    {
        var engine = warmup.Value;
        var deadline = CallDeadline.Of(context);
        var prompts = new PromptReader(options.Value.MaxPromptsPerStream, engine.MaxTokens).ReadAllAsync(requestStream, context.CancellationToken);
        using var writing = new SemaphoreSlim(1);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = options.Value.MaxInFlightPerStream, CancellationToken = context.CancellationToken };

        // The next prompt is read only when a place is free: what a client sends ahead of that waits in its own buffers.
        await Parallel.ForEachAsync(prompts, limits, async (prompt, cancellationToken) =>
        {
            var answer = Write(prompt, await engine.EncodeAsync(prompt, deadline, cancellationToken));
            await writing.WaitAsync(cancellationToken);
            try
            {
                // A write that is cancelled resets the stream, and the status of a refused prompt would be lost with it: only the client's leaving may.
                await responseStream.WriteAsync(answer, context.CancellationToken);
            }
            finally
            {
                writing.Release();
            }

            TextEncoderLog.Encoded(logger, answer.TokenIds.Count, answer.UnknownWords.Count);
        });
    }

    /// <inheritdoc/>
    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        var engine = warmup.Value;
        return Task.FromResult(new GetModelResponse
        {
            Model = WireModel.Info(engine.Identity.Name, engine.Identity.Version, engine.Identity.Fingerprint, engine.Identity.Parameters),
            Width = (uint)engine.Width,
            MaxTokens = (uint)engine.MaxTokens,
        });
    }

    private static EncodePromptsResponse Write(Prompt prompt, PromptEmbedding embedding)
    {
        var bytes = (long)embedding.Values.Length * WireTensor.SizeOf(prompt.DataType);
        if (bytes > MaxEmbeddingBytes)
        {
            var violations = new Violations();
            violations.Add(string.Create(CultureInfo.InvariantCulture, $"prompts[{prompt.Index}].max_tokens"), string.Create(
                CultureInfo.InvariantCulture,
                $"keeps {embedding.TokenIds.Length} tokens, {bytes} bytes in {prompt.DataType}; an answer holds up to {MaxEmbeddingBytes}: ask for fewer tokens or for Bfloat16."));
            violations.ThrowIfAny();
        }

        return new()
        {
            Id = prompt.Id,
            Embedding = WireTensor.FromFloats(embedding.Values, prompt.DataType, embedding.TokenIds.Length, embedding.Width),
            TokenIds = { embedding.TokenIds.Select(id => (uint)id) },
            UnknownWords = { embedding.UnknownWords },
            Truncated = embedding.Truncated,
        };
    }
}
