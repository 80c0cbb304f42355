using System.CommandLine;
using Phenaki.Cli.Hosting;
using Phenaki.Cli.Stories;
using Phenaki.Media;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki story</c>: makes a video.</summary>
internal sealed class StoryCommand
{
    private readonly Argument<string[]> _prompts = new("prompts") { Description = "What happens, a prompt for each scene.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _output = CommonOptions.Output();
    private readonly Option<int?> _frames = new("--frames") { Description = "Frames of each scene, 1 to 10000." };
    private readonly Option<string?> _style = new("--style") { Description = "Added to every prompt, as in \"pencil drawing\"." };
    private readonly Option<string?> _negative = new("--negative") { Description = "What the video should not show." };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "The same story and seed make the same video. Default: a new one, which is told." };
    private readonly SamplingOptions _sampling = new();
    private readonly Option<string?> _image = new("--image") { Description = "Picture that the story goes on from." };
    private readonly Option<string?> _clip = new("--clip") { Description = "Video, or folder of PNG files, that the story goes on from." };
    private readonly Option<int?> _scale = new("--scale") { Description = "Each pixel becomes this many in width and height, 1 to 16. Default: as many as make the short side at least 128." };
    private readonly Option<FrameScaling> _scaling = CommonOptions.Scaling();
    private readonly Option<VideoCodec> _codec = CommonOptions.Codec();
    private readonly HostOptions _host = new();
    private readonly RemoteOptions _remote = new();
    private readonly Option<bool> _json = CommonOptions.Json("Standard output is one line of JSON.");

    private StoryCommand()
    {
    }

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var story = new StoryCommand();
        var command = new Command("story", "Makes a video of a story.")
        {
            story._prompts, story._output, story._frames, story._style, story._negative, story._seed, story._image, story._clip, story._scale,
            story._scaling, story._codec, story._json,
        };
        story._sampling.AddTo(command);
        story._host.AddTo(command);
        story._remote.AddTo(command);
        command.SetAction(story.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var story = Read(parsed);
        CommonOptions.ThrowIfAny(story.Problems());
        story.Video.Check(story.Output);
        var run = new StoryRun(story, parsed.GetValue(_json), TimeProvider.System);
        if (_remote.Read(parsed) is { } remote)
        {
            return _host.Typed(parsed).FirstOrDefault() is { } useless
                ? throw CliException.Usage($"{useless} is for services that this process hosts; with --address they run elsewhere.")
                : await run.OverNetworkAsync(remote, cancellationToken);
        }

        var device = parsed.GetRequiredValue(_host.Device);
        var cache = _host.Cache(parsed);
        var parts = ModelParts.Find(parsed.GetValue(_host.Model));
        CommonOptions.CheckDevice(device);
        return await run.InProcessAsync(new() { Parts = parts, Device = device, Cache = cache }, cancellationToken);
    }

    private StoryArguments Read(ParseResult parsed) => new()
    {
        Prompts = parsed.GetValue(_prompts) ?? [],
        Output = parsed.GetRequiredValue(_output),
        Frames = parsed.GetValue(_frames),
        Style = parsed.GetValue(_style) ?? "",
        Negative = parsed.GetValue(_negative) ?? "",
        Seed = parsed.GetValue(_seed),
        Sampling = _sampling.Read(parsed),
        Image = parsed.GetValue(_image),
        Clip = parsed.GetValue(_clip),
        Video = new() { Scale = parsed.GetValue(_scale), Scaling = parsed.GetValue(_scaling), Codec = parsed.GetValue(_codec) },
    };
}
