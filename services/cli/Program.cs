using Phenaki.Cli.Commands;

return await PhenakiCommand.RunAsync(args);
