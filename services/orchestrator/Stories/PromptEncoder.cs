using Phenaki.Caching;
using Phenaki.Orchestrator.Clients;

namespace Phenaki.Orchestrator.Stories;

/// <summary>Gets the embeddings of all prompts of a story: what is cached is not asked for, what is equal once.</summary>
internal sealed class PromptEncoder(ITextEncoderClient text, StoryCache cache, CallResumption resumption)
{
    /// <summary>The embeddings by prompt.</summary>
    public async Task<IReadOnlyDictionary<string, EncodedScenePrompt>> EncodeAsync(
        IEnumerable<string> prompts, ModelSet models, StoryLedger ledger, CallScope scope)
    {
        using var span = StoryTracing.Prompts();
        var found = new Dictionary<string, EncodedScenePrompt>();
        var missing = new Dictionary<string, PromptEntry>();
        foreach (var prompt in prompts.Distinct())
        {
            var entry = Entry(prompt, models);
            if (await ledger.SpendAsync(StoryStage.Cache, async () => await cache.GetAsync(entry, scope.CancellationToken)) is { } encoding)
            {
                found.Add(prompt, new(entry.Key, encoding));
                ledger.PromptsFromCache++;
            }
            else
            {
                missing.Add(prompt, entry);
            }
        }

        if (missing.Count > 0)
        {
            await ledger.SpendAsync(StoryStage.EncodePrompts, () => resumption.RunAsync(models, EncodeMissingAsync, scope));
        }

        return found;

        async Task<int> EncodeMissingAsync(CallScope within)
        {
            // After a break only what has not been answered yet.
            var sent = missing.Keys.Where(prompt => !found.ContainsKey(prompt)).ToList();
            ledger.AddCalls(StoryStage.EncodePrompts, sent.Count);
            await text.EncodeAsync(
                sent,
                models,
                async (number, encoding) =>
                {
                    var entry = missing[sent[number]];
                    found.Add(sent[number], new(entry.Key, encoding));
                    await cache.SetAsync(entry, encoding, within.CancellationToken);
                },
                within);
            return sent.Count;
        }
    }

    private static PromptEntry Entry(string prompt, ModelSet models) => new(
        StoryKeys.Prompt(new(models.TextEncoder.Model.Fingerprint, prompt, models.PromptTokens, models.EmbeddingType)),
        models.EmbeddingType,
        models.TextEncoder.Width,
        models.PromptTokens);
}
