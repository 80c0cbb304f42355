using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.Contracts;
using Phenaki.Testing.Services;
using Phenaki.VideoTokenizer.Sessions;
using Phenaki.VideoTokenizer.V1;

namespace Phenaki.VideoTokenizer.Tests;

/// <summary>The service in memory, with a fake model or one from a folder, and its two streams.</summary>
internal static class VideoTokenizerHost
{
    public static async Task<ServiceHost> StartAsync(FakeVideoTokenizer model, CancellationToken cancellationToken, int maxSessions = 16)
    {
        var host = await StartAsync(_ => model, cancellationToken, maxSessions: maxSessions);
        return await host.ReadyAsync(cancellationToken);
    }

    public static Task<ServiceHost> StartAsync(
        Func<VideoTokenizerOptions, IVideoTokenizer>? load, CancellationToken cancellationToken, string? folder = null, int maxSessions = 16) => ServiceHost.StartAsync(
            builder =>
            {
                if (load is not null)
                {
                    builder.Services.AddSingleton(load);
                }

                builder.AddVideoTokenizer();
            },
            app => app.MapVideoTokenizer(),
            new Dictionary<string, string?>
            {
                ["VideoTokenizer:Model"] = folder,
                ["VideoTokenizer:Device"] = "cpu",
                ["VideoTokenizer:MaxSessions"] = $"{maxSessions}",
            },
            cancellationToken);

    public static VideoTokenizerService.VideoTokenizerServiceClient Client(this ServiceHost host) => new(host.Channel);

    public static EncodeVideoRequest EncodeHeader(uint height = 8, uint width = 8) => new() { Header = new() { Height = height, Width = width } };

    public static EncodeVideoRequest Frame(int index, byte value, int bytes = 8 * 8 * 3) =>
        new() { Frame = WireTensor.Frame(index, [.. Enumerable.Repeat(value, bytes)]) };

    public static DecodeVideoRequest DecodeHeader(uint firstFrame = 0) => new() { Header = new() { FirstFrame = firstFrame } };

    public static DecodeVideoRequest LatentFrame(int index, params int[] tokens) =>
        new() { LatentFrame = new() { Index = (uint)index, Tokens = WireTensor.FromTokens(tokens.Length == 1 ? [.. Enumerable.Repeat(tokens[0], 4)] : tokens, 512, 2, tokens.Length == 1 ? 2 : tokens.Length / 2) } };

    public static Task<List<EncodeVideoResponse>> EncodeAsync(this ServiceHost host, CancellationToken cancellationToken, params IReadOnlyList<EncodeVideoRequest> requests) =>
        RunAsync(host.Client().EncodeVideo(cancellationToken: cancellationToken), requests, cancellationToken);

    public static Task<List<DecodeVideoResponse>> DecodeAsync(this ServiceHost host, CancellationToken cancellationToken, params IReadOnlyList<DecodeVideoRequest> requests) =>
        RunAsync(host.Client().DecodeVideo(cancellationToken: cancellationToken), requests, cancellationToken);

    private static async Task<List<TResponse>> RunAsync<TRequest, TResponse>(
        AsyncDuplexStreamingCall<TRequest, TResponse> call, IReadOnlyList<TRequest> requests, CancellationToken cancellationToken)
    {
        using (call)
        {
            var answers = call.ResponseStream.ReadAllAsync(cancellationToken).ToListAsync(cancellationToken).AsTask();
            try
            {
                foreach (var request in requests)
                {
                    await call.RequestStream.WriteAsync(request, cancellationToken);
                }

                await call.RequestStream.CompleteAsync();
            }
            catch (Exception exception) when (exception is RpcException or InvalidOperationException)
            {
                // The service may refuse the stream while it is being sent; reading tells why.
            }

            return await answers;
        }
    }
}
