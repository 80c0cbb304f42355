namespace Phenaki.Fuzzing.Targets;

/// <summary>All targets.</summary>
internal static class FuzzTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> All = new()
    {
        ["text-encoder"] = () => new TextEncoderTarget(),
        ["video-tokenizer"] = () => new VideoTokenizerTarget(),
        ["masked-transformer"] = () => new MaskedTransformerTarget(),
        ["orchestrator"] = () => new OrchestratorTarget(),
        ["images"] = () => new ImageTarget(),
        ["safetensors"] = () => new SafetensorsTarget(),
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>Creates one.</summary>
    public static FuzzTarget Create(string name) => All[name]();
}
