namespace Phenaki.Orchestrator.Videos;

/// <summary>Asks for a video.</summary>
internal sealed record VideoCreateBody
{
    /// <summary>The first scene; may be left out where there are scenes.</summary>
    public string? Prompt { get; init; }

    /// <summary>Name of the served model; may be left out.</summary>
    public string? Model { get; init; }

    /// <summary>Seconds of the prompt, and of every scene that has none of its own; 4 by default.</summary>
    public double? Seconds { get; init; }

    /// <summary>Width x height in pixels: the model's own size, or up to 16 times that.</summary>
    public string? Size { get; init; }

    /// <summary>A picture that the video goes on from: a file in a form, or an object with a data: URL.</summary>
    public ImageReference? InputReference { get; init; }

    /// <summary>The scenes that follow the prompt. In a form: the same as JSON, or scenes[][prompt], scenes[][seconds].</summary>
    public IReadOnlyList<VideoScene>? Scenes { get; init; }

    /// <summary>Added to every prompt, as in 'pencil drawing'.</summary>
    public string? Style { get; init; }

    /// <summary>What to guide away from.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>The same request and seed give the same video; drawn by the service where it is left out.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Steps of the sampling, 1 to 256.</summary>
    public uint? Steps { get; init; }

    /// <summary>Guidance scale, 0 to 64.</summary>
    public float? Guidance { get; init; }

    /// <summary>Temperature of the tokens, 0 to 16.</summary>
    public float? Temperature { get; init; }

    /// <summary>Noise on the choice of tokens that are kept, 0 to 64.</summary>
    public float? ChoiceTemperature { get; init; }
}
