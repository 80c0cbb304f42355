using System.CommandLine;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.Training;

namespace Phenaki.Trainer.Commands;

/// <summary><c>phenaki-train dataset</c>: checks a collection of videos and writes shards that training reads fast.</summary>
internal static class DatasetCommand
{
    private static readonly Option<string> Config = new("--config") { Description = "Settings, a JSON file.", Required = true };
    private static readonly Option<string> Output = new("--output") { Description = "Folder of the shards and of report.md; must be new.", Required = true };
    private static readonly Option<string?> Data = new("--data") { Description = "Videos and pictures with captions, a folder or shards; the setting path if not given." };
    private static readonly Option<string> Packages = new("--packages") { Description = "Folder that npm installs the packages into, or that holds them.", Required = true };

    public static Command Create()
    {
        var command = new Command("dataset", "Checks a collection of videos and pictures and writes it as shards at the model's size and rate.") { Config, Data, Output };
        command.SetAction(RunAsync);
        var animations = new Command("animations", "Makes a data set of the animated Fluent Emoji, with their Unicode names and keywords as captions, from npm.") { Config, Packages, Output };
        animations.SetAction(RunAnimationsAsync);
        command.Subcommands.Add(animations);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var config = ConfigFile.Read<DatasetConfig>(parsed.GetRequiredValue(Config), c => c.Violations());
        string path = parsed.GetValue(Data) ?? config.Path ?? throw new InvalidOperationException("Give --data, or path in the settings.");
        return await WriteAsync(config, await MediaIndex.ReadAsync(path, cancellationToken).ConfigureAwait(false), parsed, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> RunAnimationsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var config = ConfigFile.Read<DatasetConfig>(parsed.GetRequiredValue(Config), c => c.Violations());
        string folder = parsed.GetRequiredValue(Packages);
        await EmojiAnimations.InstallAsync(folder, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(config, EmojiAnimations.Index(folder), parsed, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> WriteAsync(DatasetConfig config, MediaIndex index, ParseResult parsed, CancellationToken cancellationToken)
    {
        await new DatasetBuilder(config, Console.Out).WriteAsync(index, parsed.GetRequiredValue(Output), cancellationToken).ConfigureAwait(false);
        return 0;
    }
}
