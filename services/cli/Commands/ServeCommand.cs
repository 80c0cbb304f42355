using System.CommandLine;
using System.Globalization;
using System.Net;
using Phenaki.Cli.Hosting;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki serve</c>: hosts the four services on one port.</summary>
internal sealed class ServeCommand
{
    private readonly Option<string> _listen = new("--listen")
    {
        Description = "IP address to listen at; 0.0.0.0 for all. There is no TLS.",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<int> _port = new("--port") { Description = "Port, 0 to 65535; 0 picks a free one.", DefaultValueFactory = _ => 5100 };
    private readonly HostOptions _host = new();
    private readonly Option<bool> _json = CommonOptions.Json("The address is told in one line of JSON.");

    private ServeCommand()
    {
    }

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var serve = new ServeCommand();
        var command = new Command("serve", "Hosts the four services on one port, HTTP/2 without TLS, until stopped.") { serve._listen, serve._port, serve._json };
        serve._host.AddTo(command);
        command.SetAction(serve.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var listen = parsed.GetRequiredValue(_listen);
        var port = parsed.GetValue(_port);
        List<string> problems = [];
        if (!IPAddress.TryParse(listen, out var address))
        {
            problems.Add($"--listen is '{listen}'; allowed are IP addresses such as 127.0.0.1 and 0.0.0.0.");
        }

        if (port is < 0 or > 65_535)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"--port is {port}; allowed are 0 to 65535."));
        }

        CommonOptions.ThrowIfAny(problems);
        var cache = _host.Cache(parsed);
        var parts = ModelParts.Find(parsed.GetValue(_host.Model));
        parts.Check();
        var device = parsed.GetRequiredValue(_host.Device);
        CommonOptions.CheckDevice(device);
        var options = new MeshOptions
        {
            Parts = parts,
            Device = device,
            Cache = cache,
            Stories = StoryKeeping.Cache,
            Listen = $"http://{new IPEndPoint(address!, port)}",
            LogLevel = LogLevel.Information,
        };
        await using var mesh = await Mesh.StartAsync(options, cancellationToken);
        if (mesh.Notice is { } notice)
        {
            await Console.Error.WriteLineAsync(notice);
        }

        await Console.Out.WriteLineAsync(parsed.GetValue(_json)
            ? $$"""{"address":"{{mesh.Addresses[0]}}"}"""
            : $"Listening at {mesh.Addresses[0]}; Ctrl-C stops.");
        await mesh.RunAsync(cancellationToken);
        return ExitCodes.Success;
    }
}
