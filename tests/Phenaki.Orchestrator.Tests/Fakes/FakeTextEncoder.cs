using System.Collections.Concurrent;
using Phenaki.Caching;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Tests.Fakes;

internal sealed class FakeTextEncoder : FakeService, ITextEncoderClient
{
    public TextEncoderCard Card { get; set; } = FakeModels.Text;

    public ConcurrentQueue<string> Prompts { get; } = new();

    public async Task<TextEncoderCard> GetModelAsync(CallScope scope)
    {
        await OnGetModel(scope);
        return Card;
    }

    public Task EncodeAsync(IReadOnlyList<string> prompts, ModelSet models, Func<int, EncodedPrompt, Task> onEncoded, CallScope scope) =>
        CallAsync(scope, async () =>
        {
            // Backwards: answers come as they finish.
            for (var i = prompts.Count - 1; i >= 0; i--)
            {
                Prompts.Enqueue(prompts[i]);
                await onEncoded(i, Encode(prompts[i]));
            }

            return 0;
        });

    public static EncodedPrompt Encode(string prompt)
    {
        var words = prompt.Split(' ');
        var tokens = Math.Min(words.Length + 1, FakeModels.Set.PromptTokens);
        var values = FakeModels.Bytes(tokens * FakeModels.TextWidth, "text", prompt).SelectMany(b => BitConverter.GetBytes((float)b)).ToArray();
        return new(
            CacheDataType.Float32,
            tokens,
            FakeModels.TextWidth,
            values,
            [.. Enumerable.Range(1, tokens)],
            [.. words.Where(word => word.StartsWith('x'))],
            Truncated: false);
    }
}
