using Phenaki.ContainerTests.Mesh;
using Phenaki.ContainerTests.Stories;
using Phenaki.Story.V1;

namespace Phenaki.ContainerTests;

/// <summary>The four images and Redis as they are, with the model that they hold.</summary>
public sealed class ShippedModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Story_ByTheImagesAsTheyAre_IsMade()
    {
        Assert.SkipWhen(ContainerImages.WhyNot is not null, ContainerImages.WhyNot ?? "");
        await using var mesh = new ContainerMeshHost(model: null);
        await mesh.StartAsync(Token);
        using var client = new StoryClient(mesh.Orchestrator);
        await client.ReadyAsync(Token);
        var request = new GenerateStoryRequest
        {
            Scenes = { new Scene { Prompt = "A teddy bear is swimming in the ocean.", Frames = 11 }, new Scene { Prompt = "The teddy bear goes under water.", Frames = 6 } },
            Seed = 7,
            Sampling = new() { Steps = 3 },
        };

        var story = await client.MakeAsync(request, null, Token);
        var again = await client.MakeAsync(request, null, Token);

        Assert.Equal(17, story.Frames.Count);
        Assert.Equal(0u, again.ModelCalls);
        Assert.Equal(story.Frames, again.Frames);
        Assert.True(story.Frames[0].Distinct().Count() > 16, "The frame is a picture, not an empty area.");
    }
}
