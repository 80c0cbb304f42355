using System.CommandLine;
using Phenaki.Cli.Hosting;
using Phenaki.Cli.Inspection;
using Phenaki.Media;
using Phenaki.Models.Video;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki encode-video</c>: the tokens of a video.</summary>
internal static class EncodeVideoCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var input = new Argument<string>("input") { Description = "Video, picture, or folder of PNG files." };
        var model = CommonOptions.Model();
        var device = CommonOptions.Device();
        var json = CommonOptions.Json("One line of JSON: numbers in [latent frame][row][column].");
        var command = new Command("encode-video", "Encodes a video to tokens.") { input, model, device, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(input), ModelParts.Part(parsed.GetValue(model), ModelParts.VideoTokenizerName), parsed.GetRequiredValue(device),
            parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string input, string folder, string device, bool isJson, CancellationToken cancellationToken)
    {
        if (!File.Exists(input) && !Directory.Exists(input))
        {
            throw CliException.Usage($"There is no file or folder '{input}'.");
        }

        using var tokenizer = VideoTokenizerModel.Load(folder, CommonOptions.ReadDevice(device));
        var geometry = tokenizer.Geometry;
        var most = Math.Min(10_000, geometry.Frames(tokenizer.MaxLatentFrames));
        var video = await VideoReader.ReadAsync(input, new() { Width = geometry.Width, Height = geometry.Height, MaxFrames = most }, cancellationToken);
        var whole = geometry.LargestWholeClip(video.Frames.Count);
        if (whole < video.Frames.Count)
        {
            await Console.Error.WriteLineAsync(
                $"Warning: the last {video.Frames.Count - whole} of {video.Frames.Count} frames are left out; a latent frame after the first takes {geometry.TemporalPatch}.");
        }

        List<int[]> tokens = [];
        using var session = tokenizer.BeginEncode();
        foreach (var frames in video.Frames.Take(whole).Chunk(tokenizer.LatentFramesTogether * geometry.TemporalPatch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            tokens.AddRange(session.Append(frames));
        }

        foreach (var line in isJson ? [TokenJson.Write(tokens, geometry.Columns)] : TokenText.Lines(tokens, geometry.Columns))
        {
            await Console.Out.WriteLineAsync(line);
        }

        return ExitCodes.Success;
    }
}
