using System.CommandLine;
using Phenaki.Caching;
using Phenaki.Cli.Hosting;
using Phenaki.Cli.Inspection;
using Phenaki.Cli.Stories;
using Phenaki.Models.Masked;
using Phenaki.Models.Text;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki sample</c>: the tokens of one clip, those of a story's first clip with the same prompt and seed.</summary>
internal sealed class SampleCommand
{
    private readonly Argument<string> _text = new("text") { Description = "The prompt." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of the random numbers.", Required = true };
    private readonly Option<int?> _latentFrames = new("--latent-frames") { Description = "Latent frames of the clip. Default: the model's most." };
    private readonly SamplingOptions _sampling = new();
    private readonly Option<string?> _model = CommonOptions.Model();
    private readonly Option<string> _device = CommonOptions.Device();
    private readonly Option<bool> _json = CommonOptions.Json("One line of JSON: numbers in [latent frame][row][column].");

    private SampleCommand()
    {
    }

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var sample = new SampleCommand();
        var command = new Command("sample", "Samples the tokens of one clip.")
        {
            sample._text, sample._seed, sample._latentFrames, sample._model, sample._device, sample._json,
        };
        sample._sampling.AddTo(command);
        command.SetAction(sample.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = _sampling.Read(parsed);
        List<string> problems = [.. settings.Problems()];
        var text = parsed.GetRequiredValue(_text);
        TextRules.Check(problems, "The prompt", text, TextRules.MaxPrompt, mayBeEmpty: false);
        CommonOptions.ThrowIfAny(problems);
        var parts = ModelParts.Find(parsed.GetValue(_model));
        var device = CommonOptions.ReadDevice(parsed.GetRequiredValue(_device));
        using var encoder = TextEncoderModel.Load(parts.TextEncoder, device);
        using var transformer = MaskedTransformerModel.Load(parts.MaskedTransformer, device);
        if (encoder.Width != transformer.TextWidth)
        {
            throw CliException.Failure($"The parts do not fit each other: the text encoder's width is {encoder.Width}, the masked transformer wants {transformer.TextWidth}.");
        }

        var latentFrames = parsed.GetValue(_latentFrames) ?? transformer.MaxLatentFrames;
        if (latentFrames < 1 || latentFrames > transformer.MaxLatentFrames)
        {
            throw CliException.Usage($"--latent-frames is {latentFrames}; allowed are 1 to {transformer.MaxLatentFrames}.");
        }

        var prompt = encoder.Encode([PromptText.Normalise(text)], Math.Min(encoder.MaxTokens, transformer.MaxTextTokens))[0];
        using var sampler = transformer.BeginClip(new()
        {
            TextEmbedding = prompt.Values,
            TextTokens = prompt.TokenIds.Length,
            LatentFrames = latentFrames,
            Sampling = settings.Over(transformer.DefaultSampling),
            Seed = parsed.GetValue(_seed),
        });
        while (!sampler.IsDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sampler.Step();
        }

        int[][] tokens = [.. sampler.Tokens.Chunk(transformer.Rows * transformer.Columns)];
        foreach (var line in parsed.GetValue(_json) ? [TokenJson.Write(tokens, transformer.Columns)] : TokenText.Lines(tokens, transformer.Columns))
        {
            await Console.Out.WriteLineAsync(line);
        }

        return ExitCodes.Success;
    }
}
