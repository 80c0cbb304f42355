namespace Phenaki.Cli.Stories;

/// <summary>A story as it was typed.</summary>
internal sealed record StoryArguments
{
    /// <summary>A prompt for each scene.</summary>
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <summary>File, or folder of PNG files, to write.</summary>
    public required string Output { get; init; }

    /// <summary>Frames of each scene; null for the service's default.</summary>
    public int? Frames { get; init; }

    /// <summary>Added to every prompt.</summary>
    public string Style { get; init; } = "";

    /// <summary>What to guide away from.</summary>
    public string Negative { get; init; } = "";

    /// <summary>Seed; null for a drawn one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Sampling settings.</summary>
    public SamplingArguments Sampling { get; init; } = new();

    /// <summary>Still picture that the story goes on from.</summary>
    public string? Image { get; init; }

    /// <summary>Video, or folder of PNG files, that the story goes on from.</summary>
    public string? Clip { get; init; }

    /// <summary>How the video is written.</summary>
    public VideoArguments Video { get; init; } = new();

    /// <summary>Says what is wrong, a line for each, before anything slow begins.</summary>
    /// <param name="needsPrompt">False where prompts may come later.</param>
    public IReadOnlyList<string> Problems(bool needsPrompt = true)
    {
        List<string> problems = [];
        if (needsPrompt && Prompts.Count == 0)
        {
            problems.Add("There is no prompt; say what happens in each scene, as in: phenaki story \"A teddy bear is swimming in the ocean.\" -o story.mp4");
        }

        if (Prompts.Count > 1_000)
        {
            problems.Add($"There are {Prompts.Count} prompts; allowed are 1 to 1000.");
        }

        for (var i = 0; i < Prompts.Count; i++)
        {
            // The parser takes what it does not know as one more prompt.
            if (Prompts[i].StartsWith("--", StringComparison.Ordinal))
            {
                problems.Add($"There is no option '{Prompts[i]}'; --help says what there is.");
            }

            TextRules.Check(problems, $"Prompt {i + 1}", Prompts[i], TextRules.MaxPrompt, mayBeEmpty: false);
        }

        TextRules.Check(problems, "--style", Style, 512, mayBeEmpty: true);
        TextRules.Check(problems, "--negative", Negative, TextRules.MaxPrompt, mayBeEmpty: true);
        if (Frames is < 1 or > 10_000)
        {
            problems.Add($"--frames is {Frames}; allowed are 1 to 10000 frames a scene.");
        }

        if (Image is not null && Clip is not null)
        {
            problems.Add("--image and --clip exclude each other; a story goes on from one of them.");
        }

        problems.AddRange(Sampling.Problems());
        problems.AddRange(Video.Problems());
        return problems;
    }
}
