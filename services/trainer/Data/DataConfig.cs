using Phenaki.Media;

namespace Phenaki.Trainer.Data;

/// <summary>Clips of the user's own: where they are and how they are used. Size and rate are the model's.</summary>
internal sealed record DataConfig
{
    /// <summary>A folder of videos and pictures with captions, a folder of WebDataset shards (.tar), or one shard.</summary>
    public required string Path { get; init; }

    /// <summary>What happens where a picture has another shape than the model's frames: "crop" cuts off what stands out, "letterbox" adds black bars, "stretch" distorts.</summary>
    public string Fit { get; init; } = "crop";

    /// <summary>Part of the stills that are drawn from pictures, the rest being frames of videos, 0 to 1; where one kind is missing, all come from the other. Default 1.</summary>
    public double ImagesInStills { get; init; } = 1;

    /// <summary>Places at which a longer video is cut into clips, evenly spaced, 1 to 10,000. Tokens are kept for each of them. Default 4.</summary>
    public int Windows { get; init; } = 4;

    /// <summary>Part of the files that training never sees: samples and evaluation show these. 0 to 0.9. Default 0.05.</summary>
    public double HeldOut { get; init; } = 0.05;

    /// <summary>Part of the files that may be broken before the run stops and names them, 0 to 1; one always may. Default 0.05.</summary>
    public double MaxBroken { get; init; } = 0.05;

    /// <summary>Most words and marks in the vocabulary, the most frequent ones, 1 to 100,000. Default 8,000.</summary>
    public int MaxWords { get; init; } = 8000;

    /// <summary>Megabytes of decoded videos that are kept in memory, 0 to 1,000,000. Default 256.</summary>
    public int MemoryMegabytes { get; init; } = 256;

    /// <summary>Megabytes of tokens that a transformer's training keeps in the folder of the run, 0 (none) to 1,000,000. Default 1,024.</summary>
    public int TokenCacheMegabytes { get; init; } = 1024;

    /// <summary>The mode that <see cref="Fit"/> names.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public FitMode FitMode => Enum.Parse<FitMode>(Fit, ignoreCase: true);

    /// <summary>Says what is wrong, field by field; nothing when all is well.</summary>
    public IEnumerable<string> Violations()
    {
        if (Fit is not ("crop" or "letterbox" or "stretch"))
        {
            yield return $"fit is '{Fit}'; allowed are 'crop', 'letterbox' and 'stretch'";
        }

        foreach (var (name, value, low, high) in new (string, double, double, double)[]
        {
            ("images_in_stills", ImagesInStills, 0, 1), ("windows", Windows, 1, 10_000), ("held_out", HeldOut, 0, 0.9), ("max_broken", MaxBroken, 0, 1),
            ("max_words", MaxWords, 1, 100_000), ("memory_megabytes", MemoryMegabytes, 0, 1e6), ("token_cache_megabytes", TokenCacheMegabytes, 0, 1e6),
        })
        {
            if (!(value >= low && value <= high))
            {
                yield return $"{name} is {value}; allowed are {low} to {high}";
            }
        }
    }
}
