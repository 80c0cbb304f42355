using System.CommandLine;
using Phenaki.Cli.Hosting;
using Phenaki.Cli.Stories;
using Phenaki.Media;

namespace Phenaki.Cli.Commands;

/// <summary>What commands take that make the video of a story: its scenes, how it is made, where, and how it is written.</summary>
/// <param name="needsPrompt">False where prompts may come later.</param>
internal sealed class StoryOptions(bool needsPrompt)
{
    private readonly Argument<string[]> _prompts = new("prompts")
    {
        Description = needsPrompt ? "What happens, a prompt for each scene." : "What happens first, a prompt for each scene. Default: the first that is typed.",
        Arity = ArgumentArity.ZeroOrMore,
    };

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

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_output, _frames, _style, _negative, _seed, _image, _clip, _scale, _scaling, _codec, _json])
        {
            command.Add(option);
        }

        command.Add(_prompts);
        _sampling.AddTo(command);
        _host.AddTo(command);
        _remote.AddTo(command);
    }

    /// <summary>True for a result in JSON.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Reads the story.</summary>
    /// <exception cref="CliException">It cannot be made, or not be written.</exception>
    public StoryArguments Read(ParseResult parsed)
    {
        var story = new StoryArguments
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
        CommonOptions.ThrowIfAny(story.Problems(needsPrompt));
        story.Video.Check(story.Output);
        return story;
    }

    /// <summary>Runs the story where it shall be made.</summary>
    /// <param name="parsed">Says where.</param>
    /// <param name="run">The story.</param>
    /// <param name="stories">Which stories this process keeps if it makes it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(ParseResult parsed, StoryRun run, StoryKeeping stories, CancellationToken cancellationToken)
    {
        if (_remote.Read(parsed) is { } remote)
        {
            return _host.Typed(parsed).FirstOrDefault() is { } useless
                ? throw CliException.Usage($"{useless} is for services that this process hosts; with --address they run elsewhere.")
                : run.OverNetworkAsync(remote, cancellationToken);
        }

        var device = parsed.GetRequiredValue(_host.Device);
        var cache = _host.Cache(parsed);
        var parts = ModelParts.Find(parsed.GetValue(_host.Model));
        _ = CommonOptions.ReadDevice(device);
        return run.InProcessAsync(new() { Parts = parts, Device = device, Cache = cache, Stories = stories }, cancellationToken);
    }
}
