using System.CommandLine;
using Phenaki.Trainer.Commands;

var root = new RootCommand("Trains the parts of Phenaki and measures them.")
{
    TokenizerCommand.Create(),
    TransformerCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
