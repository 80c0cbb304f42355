using Google.Rpc;
using Grpc.Core;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Story.V1;
using Phenaki.Testing;
using Phenaki.Testing.Services;

namespace Phenaki.Orchestrator.Tests;

/// <summary>The connections to the services, over sockets.</summary>
public sealed class ModelChannelsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("http://127.0.0.1")]
    [InlineData("dns:///localhost")]
    public async Task GenerateStory_ByAddress_ReachesTheServices(string address)
    {
        await using var fakes = new FakeMesh();
        await using var services = await SocketServices.StartAsync(fakes, Cancellation);
        await using var orchestrator = await FakeMesh.StartOrchestratorAsync(null, Cancellation, services.Addresses(address));
        await orchestrator.ReadyAsync(Cancellation);
        Assert.Equal(ReferenceFrames(), await RunAsync(orchestrator));
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_ConnectionBreaksInMidSampling_ResumesTheClip()
    {
        await using var fakes = new FakeMesh();
        await using var services = await SocketServices.StartAsync(fakes, Cancellation);
        await using var orchestrator = await FakeMesh.StartOrchestratorAsync(null, Cancellation, services.Addresses("http://127.0.0.1"));
        await orchestrator.ReadyAsync(Cancellation);
        fakes.Masked.OnStep = (call, step, _) => call == 2 && step == 2 ? services.BreakAsync(Cancellation) : Task.CompletedTask;
        Assert.Equal(ReferenceFrames(), await RunAsync(orchestrator));
        Assert.Equal(3, fakes.Masked.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_NothingListens_IsUnavailableAndNamesTheService()
    {
        await using var orchestrator = await FakeMesh.StartOrchestratorAsync(
            null, Cancellation, ("TextEncoderAddress", $"http://127.0.0.1:{RedisServerProcess.FreePort()}"));
        var error = await Assert.ThrowsAsync<RpcException>(() => RunAsync(orchestrator));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Contains("service cannot be reached", error.Status.Detail, StringComparison.Ordinal);
        Assert.NotNull(error.Detail<RetryInfo>());
    }

    private static IEnumerable<string> ReferenceFrames() =>
        ReferenceStory.Frames(StoryWorld.Story(("a", 17)), 42).Select(frame => Convert.ToHexString(frame.Span));

    private static async Task<IEnumerable<string>> RunAsync(ServiceHost orchestrator)
    {
        using var call = new StoryService.StoryServiceClient(orchestrator.Channel).GenerateStory(
            new() { Scenes = { new Scene { Prompt = "a", Frames = 17 } }, Seed = 42 }, cancellationToken: Cancellation);
        var events = await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        return events.Where(item => item.Frame is not null).Select(item => Convert.ToHexString(item.Frame.Frame.Rgb.Span));
    }
}
