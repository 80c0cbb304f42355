using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Phenaki.Cli.Hosting;
using Phenaki.Cli.Inspection;
using Phenaki.Cli.Stories;
using Phenaki.Media;
using Phenaki.Models.Video;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki decode-tokens</c>: the video of tokens.</summary>
internal static class DecodeTokensCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var input = new Argument<string>("file") { Description = "JSON file of tokens in [latent frame][row][column], as encode-video and sample write it." };
        var output = CommonOptions.Output();
        var scale = new Option<int>("--scale") { Description = "Each pixel becomes this many in width and height, 1 to 16.", DefaultValueFactory = _ => 1 };
        var scaling = CommonOptions.Scaling();
        var codec = CommonOptions.Codec();
        var model = CommonOptions.Model();
        var device = CommonOptions.Device();
        var json = CommonOptions.Json("One line of JSON: file, frames.");
        var command = new Command("decode-tokens", "Decodes tokens to a video.") { input, output, scale, scaling, codec, model, device, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(input),
            parsed.GetRequiredValue(output),
            new() { Scale = parsed.GetValue(scale), Scaling = parsed.GetValue(scaling), Codec = parsed.GetValue(codec) },
            ModelParts.Part(parsed.GetValue(model), ModelParts.VideoTokenizerName),
            parsed.GetRequiredValue(device),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string input, string output, VideoArguments options, string folder, string device, bool isJson, CancellationToken cancellationToken)
    {
        CommonOptions.ThrowIfAny([.. options.Problems()]);
        options.Check(output);
        using var tokenizer = VideoTokenizerModel.Load(folder, CommonOptions.ReadDevice(device));
        var geometry = tokenizer.Geometry;
        var tokens = await TokenJson.ReadAsync(input, geometry.Rows, geometry.Columns, tokenizer.CodebookSize, cancellationToken);
        if (tokens.Count > tokenizer.MaxLatentFrames)
        {
            throw CliException.Usage($"'{input}' holds {tokens.Count} latent frames; the model takes 1 to {tokenizer.MaxLatentFrames}.");
        }

        await using var sink = VideoOutput.Open(
            output, geometry.Width, geometry.Height, tokenizer.FramesPerSecond, options.ToWriter(geometry.Height, geometry.Width));
        using var session = tokenizer.BeginDecode();
        foreach (var latentFrames in tokens.Chunk(tokenizer.LatentFramesTogether))
        {
            foreach (var frame in session.Append(latentFrames))
            {
                await sink.AddFrameAsync(frame, cancellationToken);
            }
        }

        await sink.CompleteAsync(cancellationToken);
        var frames = geometry.Frames(tokens.Count);
        await Console.Out.WriteLineAsync(isJson
            ? JsonSerializer.Serialize(new Dictionary<string, object> { ["file"] = output, ["frames"] = frames })
            : string.Create(CultureInfo.InvariantCulture, $"Wrote {output}: {frames} frames."));
        return ExitCodes.Success;
    }
}
