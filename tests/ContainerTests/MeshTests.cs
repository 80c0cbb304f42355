using Grpc.Core;
using Phenaki.ContainerTests.Mesh;
using Phenaki.ContainerTests.Stories;
using Phenaki.Story.V1;

namespace Phenaki.ContainerTests;

/// <summary>What a mesh promises while its parts come and go; run over containers and over processes.</summary>
public abstract class MeshTests(MeshFixture fixture)
{
    /// <summary>The longest that a test may take, in milliseconds: services start slowly on a busy machine.</summary>
    protected const int Timeout = 240_000;

    // Two scenes of several clips. A step takes about a millisecond: long enough to be met in their midst, short enough to wait for.
    private const uint Frames = 29;
    private const uint Steps = 128;

    /// <summary>Of the running test.</summary>
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Story_OnFreshMesh_IsWholeAndTheSameFromTheCache()
    {
        var mesh = await fixture.MeshAsync(Token);
        using var client = await ClientAsync(mesh);
        var request = Request("a teddy bear walks on mars.", "the teddy bear dances on mars.");

        var first = await MakeAsync(mesh, client, request, null);
        var again = await CachedAsync(mesh, client, request);

        Assert.Equal((int)(2 * Frames), first.Frames.Count);
        Assert.Equal(first.Clips, first.Finished.ModelCalls.SampleTokens);
        Assert.Equal(first.Frames, again.Frames);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(MeshPart.TextEncoder)]
    [InlineData(MeshPart.VideoTokenizer)]
    [InlineData(MeshPart.MaskedTransformer)]
    [InlineData(MeshPart.Orchestrator)]
    public async Task Story_WithAServiceKilledInItsMidst_HasTheBytesOfAnUndisturbedOne(MeshPart part)
    {
        var mesh = await fixture.MeshAsync(Token);
        using var client = await ClientAsync(mesh);
        var request = Request("a panda is swimming in the ocean.", "the panda goes under water.", seed: (ulong)part);

        var disturbed = await MakeAsync(mesh, client, request, () => RestartAsync(mesh, part));

        // A worker that is gone is waited for; only where the orchestrator itself was, the client had to ask again.
        Assert.Equal(part == MeshPart.Orchestrator, disturbed.Attempts > 1);
        await AssertUndisturbedIsEqualAsync(mesh, client, request, disturbed);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WithoutRedisFromItsMidst_HasTheBytesOfAnUndisturbedOne()
    {
        var mesh = await fixture.MeshAsync(Token);
        using var client = await ClientAsync(mesh);
        var request = Request("a red bear walks.", "a red bear dances in the water.");

        MadeStory disturbed;
        try
        {
            disturbed = await MakeAsync(mesh, client, request, () => mesh.KillAsync(MeshPart.Redis, Token));
        }
        finally
        {
            await mesh.StartAgainAsync(MeshPart.Redis, Token);
        }

        Assert.Equal(1, disturbed.Attempts);
        await AssertUndisturbedIsEqualAsync(mesh, client, request, disturbed);
        Assert.Equal(disturbed.Frames, (await CachedAsync(mesh, client, request)).Frames);
    }

    [Fact(Timeout = Timeout)]
    public async Task Story_WithRedisStoppedAndStartedInItsMidst_HasTheBytesOfAnUndisturbedOne()
    {
        var mesh = await fixture.MeshAsync(Token);
        using var client = await ClientAsync(mesh);
        var request = Request("a blue panda goes in the ocean.", "a blue panda goes under water.");

        var disturbed = await MakeAsync(mesh, client, request, () => RestartAsync(mesh, MeshPart.Redis));

        Assert.Equal(1, disturbed.Attempts);
        await AssertUndisturbedIsEqualAsync(mesh, client, request, disturbed);
    }

    [Fact(Timeout = Timeout)]
    public async Task StoryThatOutlivesItsClient_WithItsOrchestratorAndItsRedisKilled_GoesOnWithTheBytesOfAnUndisturbedOne()
    {
        var mesh = await fixture.MeshAsync(Token);
        using var client = await ClientAsync(mesh);
        var request = Request("a blue bear walks on mars.", "a blue bear is under water.");
        var id = await client.CreateAsync(request, Token);

        var frames = await client.WatchAsync(
            id,
            async () =>
            {
                await mesh.KillAsync(MeshPart.Orchestrator, Token);
                await mesh.KillAsync(MeshPart.Stories, Token);
                await mesh.StartAgainAsync(MeshPart.Stories, Token);
                await mesh.StartAgainAsync(MeshPart.Orchestrator, Token);
            },
            Token);

        await RestartAsync(mesh, MeshPart.Redis);
        await client.ReadyAsync(Token);
        Assert.Equal((await MakeAsync(mesh, client, request, null)).Frames, frames);
    }

    /// <summary>A story.</summary>
    protected static GenerateStoryRequest Request(string first, string second, ulong seed = 7) => new()
    {
        Scenes = { new Scene { Prompt = first, Frames = Frames }, new Scene { Prompt = second, Frames = Frames } },
        Seed = seed,
        Sampling = new() { Steps = Steps },
    };

    /// <summary>A client of a mesh that is ready.</summary>
    private protected static async Task<StoryClient> ClientAsync(IMeshHost mesh)
    {
        var client = new StoryClient(mesh.Orchestrator);
        try
        {
            await client.ReadyAsync(Token);
            return client;
        }
        catch (OperationCanceledException late)
        {
            client.Dispose();
            throw new TimeoutException($"The mesh does not get ready.\n{await mesh.SaidAsync(CancellationToken.None)}", late);
        }
    }

    /// <summary>Has a story made; if that fails, what the services have said is part of the failure.</summary>
    private protected static async Task<MadeStory> MakeAsync(IMeshHost mesh, StoryClient client, GenerateStoryRequest request, Func<Task>? middle)
    {
        try
        {
            return await client.MakeAsync(request, middle, Token);
        }
        catch (RpcException failure)
        {
            throw new InvalidOperationException($"{failure.Status}\n{await mesh.SaidAsync(Token)}", failure);
        }
    }

    private static async Task RestartAsync(IMeshHost mesh, MeshPart part)
    {
        await mesh.KillAsync(part, Token);
        await mesh.StartAgainAsync(part, Token);
    }

    // Another test may have restarted Redis a moment ago: it is used again as soon as it is found again.
    private static async Task<MadeStory> CachedAsync(IMeshHost mesh, StoryClient client, GenerateStoryRequest request)
    {
        MadeStory cached;
        do
        {
            cached = await MakeAsync(mesh, client, request, null);
        }
        while (cached.ModelCalls > 0);

        return cached;
    }

    // A cache that was killed has forgotten everything: the same story is then made from nothing.
    private static async Task AssertUndisturbedIsEqualAsync(IMeshHost mesh, StoryClient client, GenerateStoryRequest request, MadeStory disturbed)
    {
        await RestartAsync(mesh, MeshPart.Redis);
        await client.ReadyAsync(Token);

        var undisturbed = await MakeAsync(mesh, client, request, null);

        Assert.Equal(1, undisturbed.Attempts);
        Assert.Equal(undisturbed.Clips, undisturbed.Finished.ModelCalls.SampleTokens);
        Assert.Equal(undisturbed.Frames, disturbed.Frames);
    }
}
