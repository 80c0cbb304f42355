using System.Globalization;

namespace Phenaki.ClientTests;

/// <summary>
/// Services are killed without a word in the middle of stories that python clients have made, and every video has the pixels of an undisturbed
/// one. Each is killed once; the variable <see cref="KillsVariable"/> asks for more.
/// </summary>
[Collection("one story at a time")]
public sealed class KilledServiceTests(ClientMesh clients, KilledMesh killed) : IClassFixture<KilledMesh>
{
    private const string KillsVariable = "PHENAKI_TEST_KILLS";
    private const int Timeout = 3_600_000;
    private const int MaxAttempts = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int Kills => int.Parse(Environment.GetEnvironmentVariable(KillsVariable) ?? "1", CultureInfo.InvariantCulture);

    [Theory(Timeout = Timeout)]
    [InlineData("text-encoder")]
    [InlineData("video-tokenizer")]
    [InlineData("masked-transformer")]
    [InlineData("orchestrator")]
    public async Task Videos_WhileAServiceIsKilled_HaveThePixelsOfUndisturbedOnes(string service)
    {
        var client = await clients.ClientAsync(ClientLanguage.Python, Token);
        var mesh = await killed.MeshAsync(Token);
        for (var kill = 0; kill < Kills; kill++)
        {
            var stories = Enumerable.Range(0, 3).Select(i => new Story(client, mesh, $"{service}-{kill}-{i}")).ToArray();
            var first = stories[0].MakeAsync();
            var second = stories[1].MakeAsync();
            await stories[kill % 2].ReachesTheMiddleAsync();
            var victim = KilledMesh.Service(mesh, service);
            await victim.KillAsync();

            // The third comes while it is away.
            var third = stories[2].MakeAsync();
            victim.Start();
            var attempts = await Task.WhenAll(first, second, third);

            // A worker that is gone is waited for; only where the orchestrator itself was, its clients had to ask again.
            Assert.True(service == "orchestrator" || attempts[..2].All(count => count == 1), $"{service}, kill {kill}: {string.Join(' ', attempts)} attempts.");
            foreach (var story in stories)
            {
                await story.AssertUndisturbedIsEqualAsync();
            }
        }
    }

    /// <summary>A story of two scenes with several clips each.</summary>
    private sealed class Story(ClientFolder client, ServiceMesh mesh, string name)
    {
        // Of a few milliseconds a step: long enough to be met in its midst, short enough to wait for.
        private static readonly string[] Size = ["--frames", "29", "--steps", "128"];

        private readonly TaskCompletionSource<ProgramProcess> _started = new();
        private readonly string[] _prompts = [$"a bear walks in {name}.", "the bear goes under water."];

        private string Video => client.Of($"{name}.apng");

        /// <summary>Waits until its second clip is being made.</summary>
        public async Task ReachesTheMiddleAsync() => await (await _started.Task).SaysAsync("clip 2 of ", Token);

        /// <summary>Has it made, asking again as often as it takes.</summary>
        /// <returns>How often the client was run.</returns>
        public async Task<int> MakeAsync()
        {
            ProgramResult result = null!;
            for (var attempt = 1; attempt <= MaxAttempts; attempt++)
            {
                await using var process = client.Start([.. _prompts, "-o", Video, "--address", new Uri(mesh.Orchestrator.Address).Authority, "--seed", "7", .. Size]);
                _started.TrySetResult(process);
                result = await process.EndAsync(Token);
                if (result.ExitCode == 0)
                {
                    return attempt;
                }
            }

            Assert.Fail($"{name} was not made: {result.Error}\n{mesh.Orchestrator.Said}");
            return 0;
        }

        /// <summary>Compares it with one that is made in one process, with nothing kept.</summary>
        public async Task AssertUndisturbedIsEqualAsync()
        {
            var reference = mesh.Of($"{name}-reference");
            (await Cli.RunAsync(Cli.Story(_prompts, reference, ["--model", mesh.Model, "--device", "cpu", "--no-cache", .. Size]), Token)).Succeeded();
            Assert.Equal(
                await VideoFrames.HashesAsync(Path.Combine(reference, "frame-%05d.png"), Token), await VideoFrames.HashesAsync(Video, Token));
        }
    }
}
