using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Phenaki.Cli.Hosting;
using Phenaki.Models.Text;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki encode-prompt</c>: what a T5 encoder makes of texts.</summary>
internal static class EncodePromptCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var texts = new Argument<string[]>("texts") { Description = "The texts.", Arity = ArgumentArity.OneOrMore };
        var model = new Option<string?>("--model") { Description = "Folder of a T5 encoder in the layout of Hugging Face. Default: the text encoder of the model that ships." };
        var maxTokens = new Option<int?>("--max-tokens") { Description = "Tokens kept of a text, end-of-sentence included. Default: the model's limit." };
        var device = CommonOptions.Device();
        var json = CommonOptions.Json("One line of JSON for each text: text, ids, embedding (rows of numbers), unknown (words).");
        var command = new Command("encode-prompt", "Encodes texts with a T5 encoder.") { texts, model, maxTokens, device, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = parsed.GetValue(model) is { } given ? Existing(given) : ModelParts.Part(null, ModelParts.TextEncoderName);
            using var encoder = TextEncoderModel.Load(folder, CommonOptions.ReadDevice(parsed.GetRequiredValue(device)));
            var limit = parsed.GetValue(maxTokens) ?? encoder.MaxTokens;
            if (limit < 1 || limit > encoder.MaxTokens)
            {
                throw CliException.Usage($"--max-tokens is {limit}; allowed are 1 to {encoder.MaxTokens}.");
            }

            foreach (var text in parsed.GetRequiredValue(texts))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var embedding = encoder.Encode([text], limit)[0];
                await Console.Out.WriteLineAsync(parsed.GetValue(json) ? Json(text, embedding) : Line(text, embedding));
                if (embedding.Truncated)
                {
                    await Console.Error.WriteLineAsync($"Warning: only the first {limit} tokens are encoded of: {text[..Math.Min(40, text.Length)]}");
                }
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static string Existing(string folder) => Directory.Exists(folder)
        ? folder
        : throw CliException.Usage($"--model: there is no folder '{folder}'.");

    private static string Json(string text, PromptEmbedding embedding) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["text"] = text,
        ["ids"] = embedding.TokenIds,
        ["embedding"] = embedding.Values.Chunk(embedding.Width),
        ["unknown"] = embedding.UnknownWords,
    });

    private static string Line(string text, PromptEmbedding embedding)
    {
        var unknown = embedding.UnknownWords.Count == 0 ? "" : $", unknown: {string.Join(", ", embedding.UnknownWords)}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{text}: {embedding.TokenIds.Length} tokens of width {embedding.Width}{unknown}, ids {string.Join(' ', embedding.TokenIds)}");
    }
}
