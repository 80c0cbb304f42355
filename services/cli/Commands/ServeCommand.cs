using System.CommandLine;
using System.Globalization;
using System.Net;
using Phenaki.Cli.Hosting;
using Phenaki.Studio;

namespace Phenaki.Cli.Commands;

/// <summary><c>phenaki serve</c>: hosts the four services, on one port for gRPC and one for HTTP.</summary>
internal sealed class ServeCommand
{
    private const int HttpPortOffset = 80;

    private readonly Option<string> _listen = new("--listen")
    {
        Description = "IP address to listen at; 0.0.0.0 for all. There is no TLS.",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<int> _port = new("--port") { Description = "Port, 0 to 65535; 0 picks a free one.", DefaultValueFactory = _ => 5100 };
    private readonly Option<int?> _httpPort = new("--http-port")
    {
        Description = "Port of HTTP/1.1 with JSON, 1 to 65535; 0 picks a free one, -1 is for none. (default: 80 above --port)",
    };

    private readonly HostOptions _host = new();
    private readonly Option<bool> _json = CommonOptions.Json("The address is told in one line of JSON.");

    private ServeCommand()
    {
    }

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var serve = new ServeCommand();
        var command = new Command("serve", "Hosts the four services on one port for gRPC and one for HTTP, without TLS, until stopped.")
        {
            serve._listen, serve._port, serve._httpPort, serve._json,
        };
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

        var httpPort = parsed.GetValue(_httpPort) ?? HttpPort(port);
        if (httpPort is < -1 or > 65_535 || (httpPort == port && port != 0))
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"--http-port is {httpPort}; allowed are -1 to 65535, and not --port, which is {port}."));
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
            HttpListen = httpPort < 0 ? null : $"http://{new IPEndPoint(address!, httpPort)}",
            LogLevel = LogLevel.Information,
        };
        await using var mesh = await Mesh.StartAsync(options, cancellationToken);
        if (mesh.Notice is { } notice)
        {
            await Console.Error.WriteLineAsync(notice);
        }

        await Console.Out.WriteLineAsync(Greeting(mesh.Addresses[0], mesh.Addresses.ElementAtOrDefault(1), parsed.GetValue(_json)));
        await mesh.RunAsync(cancellationToken);
        return ExitCodes.Success;
    }

    private static int HttpPort(int port) => port is > 0 and <= 65_535 - HttpPortOffset ? port + HttpPortOffset : 0;

    private static string Greeting(string grpc, string? http, bool isJson) => (isJson, http) switch
    {
        (true, null) => $$"""{"address":"{{grpc}}"}""",
        (true, _) => $$"""{"address":"{{grpc}}","http":"{{http}}","studio":"{{http}}{{StudioExtensions.Path}}/"}""",
        (false, null) => $"Listening at {grpc}; Ctrl-C stops.",
        (false, _) => $"Listening at {grpc} for gRPC and at {http} for HTTP; Ctrl-C stops.\nThe studio is at {http}{StudioExtensions.Path}/",
    };
}
