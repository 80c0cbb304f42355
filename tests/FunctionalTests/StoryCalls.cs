using Grpc.Core;
using Grpc.Net.Client;
using Phenaki.Story.V1;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.FunctionalTests;

/// <summary>Calls of the story service at an address, each over a connection of its own.</summary>
internal static class StoryCalls
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Has a story made that outlives its client; waits for an orchestrator that does not keep stories yet.</summary>
    public static async Task<WireStory> CreateAsync(string address, GenerateStoryRequest request, string name, bool isDirected = false)
    {
        using var channel = GrpcChannel.ForAddress(address);
        while (true)
        {
            try
            {
                return (await new StoryService.StoryServiceClient(channel).CreateStoryAsync(
                    new() { RequestId = name, Story = request, Directed = isDirected }, cancellationToken: Token)).Story;
            }
            catch (RpcException refusal) when (refusal.StatusCode == StatusCode.Unavailable)
            {
                // Not among those that keep stories yet.
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
            }
        }
    }

    /// <summary>Whether a call failed as calls do whose server, or what it depends on, is being killed.</summary>
    public static bool IsPassing(RpcException error) => error.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown;

    /// <summary>A story as it is now.</summary>
    public static async Task<WireStory> GetAsync(string address, string id)
    {
        using var channel = GrpcChannel.ForAddress(address);
        return (await new StoryService.StoryServiceClient(channel).GetStoryAsync(new() { Id = id }, cancellationToken: Token)).Story;
    }

    /// <summary>Gives a story a command, at whatever orchestrator answers.</summary>
    public static async Task<SteerStoryResponse> SteerAsync(IReadOnlyList<string> addresses, string id, StoryCommand command)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var channel = GrpcChannel.ForAddress(addresses[attempt % addresses.Count]);
            try
            {
                return await new StoryService.StoryServiceClient(channel).SteerStoryAsync(new() { Id = id, Command = command }, cancellationToken: Token);
            }
            catch (RpcException broken) when (IsPassing(broken))
            {
                // Nobody knows whether it was taken: its name sees to it.
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
            }
        }
    }

    /// <summary>The pixels of a story that does not outlive its client, hexadecimal.</summary>
    public static async Task<string> GeneratedAsync(string address, GenerateStoryRequest request)
    {
        using var channel = GrpcChannel.ForAddress(address);
        using var call = new StoryService.StoryServiceClient(channel).GenerateStory(request, cancellationToken: Token);
        var frames = new System.Text.StringBuilder();
        await foreach (var item in call.ResponseStream.ReadAllAsync(Token))
        {
            frames.Append(item.Frame is { } frame ? Convert.ToHexString(frame.Frame.Rgb.Span) : "");
        }

        return frames.ToString();
    }

    /// <summary>The pixels of a story that was watched, hexadecimal.</summary>
    public static string Pixels(IEnumerable<WatchStoryResponse> events) =>
        string.Concat(events.Where(item => item.Frame is not null).Select(item => Convert.ToHexString(item.Frame.Frame.Rgb.Span)));
}
