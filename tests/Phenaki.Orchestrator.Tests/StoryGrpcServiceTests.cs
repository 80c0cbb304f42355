using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.TestHost;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Story.V1;
using Phenaki.Testing;
using Phenaki.Testing.Services;

namespace Phenaki.Orchestrator.Tests;

/// <summary>The service as clients see it, with the real clients of the three services behind it.</summary>
public sealed class StoryGrpcServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_OverTheWire_SendsTheFramesOfThePapersLoop()
    {
        await using var mesh = await Ready();
        var request = Request(("a xyz", 17), ("b", 4));
        request.Style = "drawing";
        request.NegativePrompt = "blur";
        request.OpeningFrames.Add(Enumerable.Range(0, 4).Select(i => new Common.V1.Frame
        {
            Rgb = Google.Protobuf.ByteString.CopyFrom(FakeModels.Bytes(FakeModels.Geometry.FrameBytes, i)),
        }));
        var events = await RunAsync(mesh, request);
        var expected = ReferenceStory.Frames(
            StoryWorld.Story(("a xyz, drawing", 17), ("b, drawing", 4)) with
            {
                NegativePrompt = "blur",
                OpeningFrames = [.. request.OpeningFrames.Select(frame => frame.Rgb.Memory)],
            },
            42);
        Assert.Equal(
            expected.Select(frame => Convert.ToHexString(frame.Span)),
            events.Where(item => item.Frame is not null).Select(item => Convert.ToHexString(item.Frame.Frame.Rgb.Span)));
        var accepted = events[0].Accepted;
        Assert.Equal((42UL, 4u, 6u, 8.0, 21u), (accepted.Seed, accepted.Height, accepted.Width, accepted.FramesPerSecond, accepted.Frames));
        Assert.Equal(["xyz,"], accepted.Scenes[0].UnknownWords);
        Assert.Equal([0u, 1u], events.Where(item => item.SceneStarted is not null).Select(item => item.SceneStarted.Scene));
        var finished = events[^1].Finished;
        Assert.Equal(21u, finished.Frames);
        Assert.Equal(new ModelCalls { EncodePrompts = 3, SampleTokens = 4, DecodeVideo = 4, EncodeVideo = 4 }, finished.ModelCalls);
        Assert.Equal(4 * (3 + FakeMaskedTransformer.Revisions), events.Count(item => item.Progress is not null));
    }

    [Fact(Timeout = 60_000)]
    public async Task GetModel_ServicesUp_ReportsAll()
    {
        await using var mesh = await Ready();
        var model = await mesh.Client.GetModelAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(
            new GetModelResponse
            {
                TextEncoder = FakeModels.Text.Model.ToWire(),
                VideoTokenizer = FakeModels.Video.Model.ToWire(),
                MaskedTransformer = FakeModels.Masked.Model.ToWire(),
                Height = 4,
                Width = 6,
                FramesPerSecond = 8,
                DefaultSceneFrames = 17,
                MaxScenes = 1_000,
                MaxSceneFrames = 10_000,
                DefaultSampling = FakeModels.DefaultSampling.ToWire(),
                PrefixFrames = 5,
                ClipFrames = 11,
                TemporalPatch = 2,
            },
            model);
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_BadRequest_TellsEveryFieldEvenWhileServicesAreDown()
    {
        await using var mesh = new FakeMesh();
        mesh.Text.OnGetModel = _ => throw Down();
        await mesh.StartAsync(Cancellation);
        var request = Request(("", 1), ("b", 20_000));
        request.Sampling = new() { Steps = 0 };
        var error = await FailAsync(mesh, request);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(["scenes[0].prompt", "scenes[1].frames", "sampling.steps"], error.Fields());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("text-encoder")]
    [InlineData("video-tokenizer")]
    [InlineData("masked-transformer")]
    public async Task Start_ServiceNotUp_IsUnavailableUntilItComesUp(string service)
    {
        await using var mesh = new FakeMesh();
        SetGetModel(_ => throw Down());
        await mesh.StartAsync(Cancellation);
        var health = new Health.HealthClient(mesh.Orchestrator.Channel);
        var check = new HealthCheckRequest { Service = "phenaki.story.v1.StoryService" };
        await Eventually.TrueAsync(async () => await StatusAsync() == HealthCheckResponse.Types.ServingStatus.NotServing, Cancellation);
        var error = await FailAsync(mesh, Request(("a", 1)));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Contains(service, error.Status.Detail, StringComparison.Ordinal);
        Assert.InRange(error.Detail<RetryInfo>().RetryDelay.ToTimeSpan(), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));

        SetGetModel(_ => Task.CompletedTask);
        await mesh.ReadyAsync(Cancellation);
        await Eventually.TrueAsync(async () => await StatusAsync() == HealthCheckResponse.Types.ServingStatus.Serving, Cancellation);
        Assert.Equal(1u, (await RunAsync(mesh, Request(("a", 1))))[^1].Finished.Frames);

        void SetGetModel(Func<CallScope, Task> answer)
        {
            switch (service)
            {
                case "text-encoder":
                    mesh.Text.OnGetModel = answer;
                    break;
                case "video-tokenizer":
                    mesh.Video.OnGetModel = answer;
                    break;
                default:
                    mesh.Masked.OnGetModel = answer;
                    break;
            }
        }

        async Task<HealthCheckResponse.Types.ServingStatus> StatusAsync() =>
            (await health.CheckAsync(check, cancellationToken: Cancellation)).Status;
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_ModelsThatDoNotFit_IsRefusedWithBothNumbers()
    {
        await using var mesh = new FakeMesh();
        mesh.Masked.Card = FakeModels.Masked with { CodebookSize = 4096 };
        await mesh.StartAsync(Cancellation);
        var error = await FailAsync(mesh, Request(("a", 1)));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains("4096", error.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("512", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal("MODEL_MISMATCH", error.Detail<ErrorInfo>().Reason);
        await Assert.ThrowsAsync<ServiceDefaults.Startup.StartupException>(() => mesh.ReadyAsync(Cancellation));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("text-encoder")]
    [InlineData("video-tokenizer")]
    [InlineData("masked-transformer")]
    public async Task GenerateStory_ServiceGoesDown_IsUnavailableAndNamesIt(string service)
    {
        await using var mesh = await Ready();
        Victim(mesh, service).OnCall = (_, _) => throw Down();
        var error = await FailAsync(mesh, Request(("a", 12)));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Contains($"The {service} service cannot be reached", error.Status.Detail, StringComparison.Ordinal);
        Assert.NotNull(error.Detail<RetryInfo>());
        Victim(mesh, service).OnCall = (_, _) => Task.CompletedTask;
        Assert.Equal(12u, (await RunAsync(mesh, Request(("a", 12))))[^1].Finished.Frames);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(StatusCode.ResourceExhausted, StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.FailedPrecondition, StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.DeadlineExceeded, StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.InvalidArgument, StatusCode.Internal)]
    [InlineData(StatusCode.Internal, StatusCode.Internal)]
    [InlineData(StatusCode.Unimplemented, StatusCode.Internal)]
    public async Task GenerateStory_ServiceFails_AnswersByKind(StatusCode failure, StatusCode expected)
    {
        await using var mesh = await Ready();
        mesh.Masked.OnCall = (_, _) => throw new RpcException(new(failure, "test"));
        Assert.Equal(expected, (await FailAsync(mesh, Request(("a", 12)))).StatusCode);
        Assert.Equal(1, mesh.Masked.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_QueueFullWithRetryInfo_IsAskedAgain()
    {
        await using var mesh = await Ready();

        // gRPC's own retry, which the trailer with the pushback sets off, makes three attempts.
        mesh.Masked.OnCall = (call, _) => call <= 3 ? throw RpcErrors.ResourceExhausted("test", TimeSpan.FromMilliseconds(5)) : Task.CompletedTask;
        Assert.Equal(2u, (await RunAsync(mesh, Request(("a", 1))))[^1].Finished.ModelCalls.SampleTokens);
        Assert.Equal(4, mesh.Masked.Calls);
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_ServiceBreaksItsContract_IsInternalWithAnIdInTheLog()
    {
        await using var mesh = await Ready();
        mesh.Masked.Transform = tokens => tokens[6..];
        var error = await FailAsync(mesh, Request(("a", 12)));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Contains(mesh.Orchestrator.Logs.GetSnapshot(), record => record.Exception is ModelServiceFaultException fault
            && fault.Message.Contains("tokens.shape: is [5, 2, 3]; must be [6, 2, 3].", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_MoreThanAllowedAtOnce_IsRefusedAtOnce()
    {
        await using var mesh = await Ready(("MaxConcurrentStories", "1"));
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mesh.Masked.OnCall = (_, scope) => hold.Task.WaitAsync(scope.CancellationToken);
        var first = RunAsync(mesh, Request(("a", 1)));
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.Masked.InFlight == 1), Cancellation);
        var error = await FailAsync(mesh, Request(("a", 1)));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.NotNull(error.Detail<RetryInfo>());
        hold.SetResult();
        await first;
        await RunAsync(mesh, Request(("a", 1)));
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_ClientLeaves_FreesEveryCall()
    {
        await using var mesh = await Ready();
        mesh.Masked.OnCall = (_, scope) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, scope.CancellationToken);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var call = mesh.Client.GenerateStory(Request(("a", 1)), cancellationToken: leave.Token);
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.Masked.InFlight == 1), Cancellation);
        await leave.CancelAsync();
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.InFlight == 0), Cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task GenerateStory_DeadlinePasses_SaysSoAndFreesEveryCall()
    {
        await using var mesh = await Ready();

        // What is done for the first time takes long: it must not use up the time of the story that is looked at.
        await RunAsync(mesh, Request(("b", 1)));
        mesh.Masked.OnCall = (_, scope) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, scope.CancellationToken);
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(4);
        using var call = mesh.Client.GenerateStory(Request(("a", 1)), deadline: deadline.UtcDateTime, cancellationToken: Cancellation);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation).AsTask());

        // Where the service sees the deadline before the client, it resets the stream. What that is over HTTP/2 the client knows; what it is in memory it does not.
        bool isReset = error.Status.DebugException?.GetBaseException() is HttpResetTestException;
        Assert.True(error.StatusCode == StatusCode.DeadlineExceeded || isReset, error.ToString());
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.InFlight == 0), Cancellation);
        Assert.InRange(mesh.Masked.LastDeadline!.Value, deadline.AddSeconds(-1), deadline.AddSeconds(1));
    }

    private static FakeService Victim(FakeMesh mesh, string service) => service switch
    {
        "text-encoder" => mesh.Text,
        "video-tokenizer" => mesh.Video.Decoder,
        _ => mesh.Masked,
    };

    private static RpcException Down() => new(new(StatusCode.Unavailable, "test"));

    private static GenerateStoryRequest Request(params (string Prompt, uint Frames)[] scenes) => new()
    {
        Scenes = { scenes.Select(scene => new Scene { Prompt = scene.Prompt, Frames = scene.Frames }) },
        Seed = 42,
    };

    private static async Task<FakeMesh> Ready(params (string Name, string Value)[] settings)
    {
        var mesh = await new FakeMesh().StartAsync(Cancellation, settings);
        return await mesh.ReadyAsync(Cancellation);
    }

    private static async Task<List<GenerateStoryResponse>> RunAsync(FakeMesh mesh, GenerateStoryRequest request)
    {
        using var call = mesh.Client.GenerateStory(request, cancellationToken: Cancellation);
        return await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }

    private static Task<RpcException> FailAsync(FakeMesh mesh, GenerateStoryRequest request) =>
        Assert.ThrowsAsync<RpcException>(() => RunAsync(mesh, request));
}
