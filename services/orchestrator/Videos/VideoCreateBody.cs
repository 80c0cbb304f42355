using System.ComponentModel;

namespace Phenaki.Orchestrator.Videos;

/// <summary>Asks for a video.</summary>
internal sealed record VideoCreateBody
{
    /// <summary>The first scene; may be left out where there are scenes.</summary>
    [Description("The first scene; may be left out where there are scenes.")]
    public string? Prompt { get; init; }

    /// <summary>Name of the served model.</summary>
    [Description("Name of the served model; may be left out.")]
    public string? Model { get; init; }

    /// <summary>Seconds of the first scene, and of scenes that set none; 4 by default.</summary>
    [Description("Seconds of the prompt, and of every scene that has none of its own; 4 by default.")]
    public double? Seconds { get; init; }

    /// <summary>The model's own size or a multiple of it.</summary>
    [Description("Width x height in pixels: the model's own size, or up to 16 times that.")]
    public string? Size { get; init; }

    /// <summary>A picture that the video goes on from.</summary>
    [Description("A picture that the video goes on from: a file in a form, or an object with a data: URL.")]
    public ImageReference? InputReference { get; init; }

    /// <summary>The scenes after the prompt.</summary>
    [Description("The scenes that follow the prompt. In a form: the same as JSON, or scenes[][prompt], scenes[][seconds].")]
    public IReadOnlyList<VideoScene>? Scenes { get; init; }

    /// <summary>Added to every prompt.</summary>
    [Description("Added to every prompt, as in 'pencil drawing'.")]
    public string? Style { get; init; }

    /// <summary>What to guide away from.</summary>
    [Description("What to guide away from.")]
    public string? NegativePrompt { get; init; }

    /// <summary>The same request and seed give the same video.</summary>
    [Description("The same request and seed give the same video; drawn by the service where it is left out.")]
    public ulong? Seed { get; init; }

    /// <summary>Steps of the sampling.</summary>
    [Description("Steps of the sampling, 1 to 256.")]
    public uint? Steps { get; init; }

    /// <summary>Guidance scale.</summary>
    [Description("Guidance scale, 0 to 64.")]
    public float? Guidance { get; init; }

    /// <summary>Temperature of the tokens.</summary>
    [Description("Temperature of the tokens, 0 to 16.")]
    public float? Temperature { get; init; }

    /// <summary>Noise on the choice of tokens.</summary>
    [Description("Noise on the choice of tokens that are kept, 0 to 64.")]
    public float? ChoiceTemperature { get; init; }
}
