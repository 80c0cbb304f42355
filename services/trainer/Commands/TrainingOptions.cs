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
    /// <param name="run">Takes configuration, run, output and device as they were typed.</param>
    public Command Command(string name, string description, Func<string, string, string, string, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description) { Config, Run, Output, Device };
        command.SetAction((parsed, cancellationToken) => run(
            parsed.GetRequiredValue(Config), parsed.GetRequiredValue(Run), parsed.GetRequiredValue(Output), parsed.GetRequiredValue(Device), cancellationToken));
        return command;
    }
}
