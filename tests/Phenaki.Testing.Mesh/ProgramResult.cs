using System.Text.Json.Nodes;

namespace Phenaki.Testing.Mesh;

/// <summary>A process that has ended.</summary>
/// <param name="ExitCode">What it answered.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>The JSON of its last line.</summary>
    public JsonNode Json => JsonNode.Parse(Output.TrimEnd().Split('\n')[^1])!;

    /// <summary>How often the masked transformer was called.</summary>
    public int SampledClips => (int)Json["model_calls"]!["sample_tokens"]!;

    /// <summary>All calls to models.</summary>
    public int ModelCalls => Json["model_calls"]!.AsObject().Sum(call => (int)call.Value!);

    /// <summary>Number of clips.</summary>
    public int Clips => Json["clips"]!.AsArray().Count;

    /// <summary>The same, when it went well.</summary>
    public ProgramResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}.\n{Output}\n{Error}");
        return this;
    }
}
