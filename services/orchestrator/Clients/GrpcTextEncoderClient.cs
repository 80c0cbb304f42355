using System.Globalization;
using Microsoft.Extensions.Options;
using Phenaki.Caching;
using Phenaki.Contracts;
using Phenaki.TextEncoder.V1;

namespace Phenaki.Orchestrator.Clients;

/// <summary>The text encoder over gRPC.</summary>
internal sealed class GrpcTextEncoderClient(ModelChannels channels, IOptions<OrchestratorOptions> options, TimeProvider time) : ITextEncoderClient
{
    private readonly TextEncoderService.TextEncoderServiceClient _client = new(channels.TextEncoder);
    private readonly ServiceCalls _calls = new("text-encoder", options.Value.TextEncoderAddress, time);

    /// <inheritdoc/>
    public Task<TextEncoderCard> GetModelAsync(CallScope scope) => _calls.AskAsync(scope, options.Value.GetModelTimeout, async call =>
    {
        var model = await _client.GetModelAsync(new(), call);
        return new TextEncoderCard(model.Model.ToCard(), WireCards.Number(model.Width), WireCards.Number(model.MaxTokens));
    });

    /// <inheritdoc/>
    public Task EncodeAsync(IReadOnlyList<string> prompts, ModelSet models, Func<int, EncodedPrompt, Task> onEncoded, CallScope scope) =>
        _calls.RunAsync(scope, async () =>
        {
            var pending = Enumerable.Range(0, prompts.Count).ToHashSet();
            var call = _client.EncodePrompts(_calls.Options(scope, options.Value.EncodePromptsTimeout));
            await ServiceCalls.ExchangeAsync(call, Requests(prompts, models), Receive, scope.CancellationToken);
            return pending.Count == 0 ? 0 : throw _calls.Faulty($"It left {pending.Count} of {prompts.Count} prompts without an answer.");

            async Task Receive(EncodePromptsResponse response)
            {
                if (!int.TryParse(response.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var prompt) || !pending.Remove(prompt))
                {
                    throw _calls.Faulty($"It answered for a prompt with the id \"{response.Id}\", which was not asked for.");
                }

                var width = models.TextEncoder.Width;
                var values = WireTensorReader.ReadFloats(response.Embedding, "embedding", Extent.UpTo(models.PromptTokens), width);
                var tokens = values.Length / width;
                if (response.TokenIds.Count != tokens || response.Embedding.DataType != models.EmbeddingType.ToWire())
                {
                    throw _calls.Faulty(
                        $"It answered with {response.TokenIds.Count} token ids and {tokens} rows of {response.Embedding.DataType}, where as many rows as ids of {models.EmbeddingType.ToWire()} were asked for.");
                }

                await onEncoded(prompt, new(
                    models.EmbeddingType,
                    tokens,
                    width,
                    response.Embedding.Data.Memory,
                    [.. response.TokenIds.Select(WireCards.Number)],
                    [.. response.UnknownWords],
                    response.Truncated));
            }
        });

    private static IEnumerable<EncodePromptsRequest> Requests(IReadOnlyList<string> prompts, ModelSet models) =>
        prompts.Select((text, number) => new EncodePromptsRequest
        {
            Id = number.ToString(CultureInfo.InvariantCulture),
            Text = text,
            DataType = models.EmbeddingType.ToWire(),
            MaxTokens = (uint)models.PromptTokens,
        });
}
