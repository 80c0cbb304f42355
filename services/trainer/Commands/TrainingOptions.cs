using System.CommandLine;

namespace Phenaki.Trainer.Commands;

/// <summary>Options that all training commands share.</summary>
/// <param name="output">What the option --output means to the command.</param>
internal sealed class TrainingOptions(string output)
{
    public Option<string> Config { get; } = new("--config") { Description = "Settings, a JSON file.", Required = true };

    public Option<string> Run { get; } = new("--run") { Description = "Folder of the run: checkpoint, loss log, samples. A run that is there goes on.", Required = true };

    public Option<string> Output { get; } = new("--output") { Description = output, Required = true };

    public Option<string> Device { get; } = new("--device") { Description = "cpu, cuda, cuda:N or auto.", DefaultValueFactory = _ => "auto" };

    /// <summary>Makes a training command of these options.</summary>
    /// <param name="name">What is typed.</param>
    /// <param name="description">What it does.</param>
    /// <param name="run">Takes what was typed.</param>
    public Command Command(string name, string description, Func<TrainingArguments, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description) { Config, Run, Output, Device };
        command.SetAction((parsed, cancellationToken) => run(Arguments(parsed), cancellationToken));
        return command;
    }

    /// <summary>Makes a training command of these options, --from and --teacher.</summary>
    /// <param name="name">What is typed.</param>
    /// <param name="description">What it does.</param>
    /// <param name="from">What the option --from means to the command.</param>
    /// <param name="run">Takes what was typed.</param>
    public Command Command(string name, string description, string from, Func<TrainingArguments, CancellationToken, Task<int>> run) =>
        Command(name, description, from, (arguments, _, cancellationToken) => run(arguments, cancellationToken));

    /// <summary>Makes a training command of these options, --from and --teacher, that may get more options.</summary>
    /// <param name="name">What is typed.</param>
    /// <param name="description">What it does.</param>
    /// <param name="from">What the option --from means to the command.</param>
    /// <param name="run">Takes what was typed.</param>
    public Command Command(string name, string description, string from, Func<TrainingArguments, ParseResult, CancellationToken, Task<int>> run)
    {
        var given = new Option<string?>("--from") { Description = from };
        var teacher = new Option<string?>("--teacher") { Description = "Folder of the video tokenizer that gives the tokens of layers, where the settings have layers." };
        var command = new Command(name, description) { Config, Run, Output, given, teacher, Device };
        command.SetAction((parsed, cancellationToken) => run(Arguments(parsed) with { From = parsed.GetValue(given), Teacher = parsed.GetValue(teacher) }, parsed, cancellationToken));
        return command;
    }

    private TrainingArguments Arguments(ParseResult parsed) => new(
        parsed.GetRequiredValue(Config), parsed.GetRequiredValue(Run), parsed.GetRequiredValue(Output), parsed.GetRequiredValue(Device));
}
