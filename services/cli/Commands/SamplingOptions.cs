using System.CommandLine;
using Phenaki.Cli.Stories;

namespace Phenaki.Cli.Commands;

/// <summary>Options of commands that sample; what is left out takes the model's default.</summary>
internal sealed class SamplingOptions
{
    private readonly Option<int?> _steps = new("--steps") { Description = "Decoding steps of a clip, 1 to 256." };
    private readonly Option<float?> _guidance = new("--guidance") { Description = "Guidance scale, 0 to 64: how strongly the prompt is followed; 1 is without amplification." };
    private readonly Option<float?> _temperature = new("--temperature") { Description = "Temperature of the tokens, 0 to 16." };
    private readonly Option<float?> _choice = new("--choice-temperature") { Description = "Noise on the choice of the tokens that are kept, 0 to 64." };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_steps);
        command.Add(_guidance);
        command.Add(_temperature);
        command.Add(_choice);
    }

    /// <summary>Reads them.</summary>
    public SamplingArguments Read(ParseResult parsed) => new()
    {
        Steps = parsed.GetValue(_steps),
        Guidance = parsed.GetValue(_guidance),
        Temperature = parsed.GetValue(_temperature),
        ChoiceTemperature = parsed.GetValue(_choice),
    };
}
