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

    public void AddTo(Command command)
    {
        command.Add(Config);
        command.Add(Run);
        command.Add(Output);
        command.Add(Device);
    }
}
