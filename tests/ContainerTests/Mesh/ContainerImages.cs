namespace Phenaki.ContainerTests.Mesh;

/// <summary>The images under test: built beforehand by docker/build.sh, and named to the tests by their tag.</summary>
internal static class ContainerImages
{
    /// <summary>Variable that holds the tag.</summary>
    public const string Variable = "PHENAKI_TEST_IMAGES";

    /// <summary>The tag; null where no images were built.</summary>
    public static string? Tag { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } tag ? tag : null;

    /// <summary>Why tests with containers are skipped; null when they run.</summary>
    public static string? WhyNot { get; } = Tag is not null
        ? null
        : $"{Variable} is not set: build the images with 'docker/build.sh cpu TAG' and set it to their tag (docker/README.md)";

    /// <summary>The services.</summary>
    public static IReadOnlyList<string> Services { get; } = ["text-encoder", "video-tokenizer", "masked-transformer", "orchestrator"];

    /// <summary>Those with a model, and so with libtorch.</summary>
    public static IReadOnlyList<string> Workers { get; } = [.. Services.Where(service => service != "orchestrator")];

    /// <summary>Name of an image, or skips the test where there is none.</summary>
    public static string Name(string service, string? tag = null)
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
        return $"phenaki-{service}:{tag ?? Tag}";
    }
}
