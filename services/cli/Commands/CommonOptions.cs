using System.CommandLine;
using Phenaki.Media;
using Phenaki.Models;

namespace Phenaki.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>The model.</summary>
    public static Option<string?> Model() => new("--model")
    {
        Description = "Folder with text-encoder, video-tokenizer and masked-transformer. Default: the model that ships.",
    };

    /// <summary>Where the model runs.</summary>
    public static Option<string> Device() => new("--device")
    {
        Description = "cpu, cuda, cuda:N or auto, which is CUDA where there is a device.",
        DefaultValueFactory = _ => "auto",
    };

    /// <summary>Output for programs.</summary>
    public static Option<bool> Json(string description) => new("--json") { Description = description };

    /// <summary>The video to write.</summary>
    public static Option<string> Output() => new("--output", "-o")
    {
        Description = "What to write, by its ending: .mp4, .webp, .gif; without an ending a folder of PNG files.",
        Required = true,
    };

    /// <summary>Compression of an MP4.</summary>
    public static Option<VideoCodec> Codec() => new("--codec")
    {
        Description = "Compression of an .mp4: auto, av1, or h264, which needs the program ffmpeg.",
        DefaultValueFactory = _ => VideoCodec.Auto,
    };

    /// <summary>How frames are enlarged.</summary>
    public static Option<FrameScaling> Scaling() => new("--scaling")
    {
        Description = "How frames are enlarged: smooth, or nearest, which makes a square of each pixel.",
        DefaultValueFactory = _ => FrameScaling.Smooth,
    };

    /// <summary>Reads a device.</summary>
    /// <exception cref="CliException">There is no such device.</exception>
    public static ComputeDevice ReadDevice(string text)
    {
        try
        {
            return ComputeDevice.Parse(text);
        }
        catch (ArgumentException wrong)
        {
            throw CliException.Usage($"--device: {wrong.Message.Split(" (Parameter", 2)[0]}");
        }
    }

    /// <summary>Checks a device, and spares a good third of a second by not asking libtorch about those that are always there.</summary>
    /// <exception cref="CliException">There is no such device.</exception>
    public static void CheckDevice(string text)
    {
        if (text is not ("auto" or "cpu"))
        {
            _ = ReadDevice(text);
        }
    }

    /// <summary>Ends the command when something is wrong.</summary>
    /// <exception cref="CliException">There are problems.</exception>
    public static void ThrowIfAny(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            throw CliException.Usage(problems);
        }
    }
}
