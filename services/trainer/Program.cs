using System.CommandLine;
using Phenaki.Trainer.Commands;

var root = new RootCommand("Trains the parts of Phenaki and measures them.")
{
    ModelCommand.Create(),
    TokenizerCommand.Create(),
    TransformerCommand.Create(),
    JudgeCommand.Create(),
    EvaluateCommand.Create(),
    DatasetCommand.Create(),
    ExportCommand.Create(),
    MeanCommand.Create(),
};

return await ClearErrors.ReportAsync(root.Parse(args));
