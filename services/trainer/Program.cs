using System.CommandLine;
using Phenaki.Trainer.Commands;

var root = new RootCommand("Trains the parts of Phenaki and measures them.")
{
    TokenizerCommand.Create(),
    TransformerCommand.Create(),
    JudgeCommand.Create(),
    EvaluateCommand.Create(),
    DatasetCommand.Create(),
};

// A run that is asked to stop ends its step and saves: that takes longer than the two seconds that are usual.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
