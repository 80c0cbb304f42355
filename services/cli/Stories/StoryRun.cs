using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Phenaki.Cli.Hosting;
using Phenaki.Contracts;
using Phenaki.ServiceDefaults.Security;
using Phenaki.ServiceDefaults.Telemetry;
using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>Makes a story from its arguments to its file, and says so. Standard output is the result; everything else goes to standard error.</summary>
/// <param name="story">Checked.</param>
/// <param name="make">Has it made and written.</param>
/// <param name="again">How the same video is made again, for its seed.</param>
/// <param name="isJson">True for a result in JSON.</param>
/// <param name="time">The clock.</param>
internal sealed class StoryRun(
    StoryArguments story,
    Func<StoryService.StoryServiceClient, GenerateStoryRequest, CancellationToken, Task<StoryResult>> make,
    Func<ulong, string> again,
    bool isJson,
    TimeProvider time)
{
    private readonly long _begun = time.GetTimestamp();

    /// <summary>Hosts the services in this process.</summary>
    public async Task<int> InProcessAsync(MeshOptions options, CancellationToken cancellationToken)
    {
        // A picture that is none is found before the models load.
        var (height, width) = options.Parts.Check();
        var opening = await OpeningFrames.ReadAsync(story, height, width, cancellationToken);
        await Console.Error.WriteLineAsync("Loading the model.");
        await using var mesh = await Mesh.StartAsync(options, cancellationToken);
        if (mesh.Notice is { } notice)
        {
            await Console.Error.WriteLineAsync(notice);
        }

        using var channel = GrpcChannel.ForAddress("http://mesh", Channel(mesh.Transport, dispose: false));
        var service = new StoryService.StoryServiceClient(channel);
        var model = await service.GetModelAsync(new(), cancellationToken: cancellationToken);
        return await MakeAsync(service, opening, (int)model.PrefixFrames, cancellationToken);
    }

    /// <summary>Uses services that run elsewhere.</summary>
    /// <exception cref="CliException">Nobody answers there.</exception>
    public async Task<int> OverNetworkAsync(RemoteAccess remote, CancellationToken cancellationToken)
    {
        using var telemetry = ClientTelemetry.Start("phenaki");
        using var tls = new ClientTls("The certificate for the service", remote.Files, FileReload.Default, time, NullLogger.Instance);
        using var channel = GrpcChannel.ForAddress(remote.Address, Channel(new SocketsHttpHandler { SslOptions = tls.Options(), EnableMultipleHttp2Connections = true }, dispose: true));
        var service = new StoryService.StoryServiceClient(channel.Intercept(metadata => WithKey(metadata, remote.ApiKey)));
        try
        {
            var model = await service.GetModelAsync(new(), cancellationToken: cancellationToken);
            var opening = await OpeningFrames.ReadAsync(story, (int)model.Height, (int)model.Width, cancellationToken);
            return await MakeAsync(service, opening, (int)model.PrefixFrames, cancellationToken);
        }
        catch (RpcException away) when (away.Status.DebugException is HttpRequestException or IOException or System.Net.Sockets.SocketException)
        {
            throw CliException.Failure(
                $"No Phenaki services answer at {remote.Address.OriginalString}: {away.Status.DebugException.GetBaseException().Message}.",
                "Start them with 'phenaki serve', or leave --address out to have them hosted here.");
        }
    }

    private static Metadata WithKey(Metadata metadata, string? key)
    {
        if (key is not null)
        {
            metadata.Add("authorization", $"Bearer {key}");
        }

        return metadata;
    }

    private static GrpcChannelOptions Channel(HttpMessageHandler transport, bool dispose) => new()
    {
        HttpHandler = new TraceContextHandler(transport),
        DisposeHttpClient = dispose,
        MaxReceiveMessageSize = WireTensor.MaxBytes,
        MaxSendMessageSize = WireTensor.MaxBytes,
    };

    private async Task<int> MakeAsync(
        StoryService.StoryServiceClient service, IReadOnlyList<byte[]> opening, int prefixFrames, CancellationToken cancellationToken)
    {
        var request = StoryClient.Request(story, opening, prefixFrames);
        var result = await TracedAsync(() => make(service, request, cancellationToken));
        foreach (var warning in StoryText.Warnings(result))
        {
            await Console.Error.WriteLineAsync(warning);
        }

        var took = time.GetElapsedTime(_begun);
        foreach (var line in isJson ? [StoryText.Json(result, took)] : StoryText.Summary(story.Output, result, again(result.Plan.Seed), took))
        {
            await Console.Out.WriteLineAsync(line);
        }

        return ExitCodes.Success;
    }

    private async Task<StoryResult> TracedAsync(Func<Task<StoryResult>> make)
    {
        using var span = CliTracing.Story(story.Prompts.Count);
        try
        {
            return await make();
        }
        catch (Exception failure)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            throw;
        }
    }
}
