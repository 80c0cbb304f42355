using System.Globalization;
using Phenaki.Story.V1;
using Phenaki.Testing;
using WireStory = Phenaki.Story.V1.Story;

namespace Phenaki.FunctionalTests;

/// <summary>
/// Two orchestrators, their workers and the Redis with the stories are killed at random moments, and every story ends with the bytes of an undisturbed one.
/// Each is killed once; the variable <see cref="KillsVariable"/> asks for more kills, over more stories. A story that is over is followed by another,
/// and moments are counted in frames, so that every kill hits stories in work, on fast machines and on slow ones.
/// </summary>
public sealed class KilledStoriesTests(ITestOutputHelper output)
{
    private const string KillsVariable = "PHENAKI_TEST_STORY_KILLS";
    private const string TakenForDead = "take this process for dead";
    private const int Timeout = 3_600_000;
    private const int MaxFramesBetweenKills = 120;
    private const int MaxMillisecondsAway = 1_000;
    private const int FramesOfScene = 29;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Stories_WhileEverythingIsKilledAtRandom_EndWithTheBytesOfUndisturbedOnes()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable(KillsVariable) ?? "9", CultureInfo.InvariantCulture);
        var (stories, scenes) = (Math.Clamp(kills / 5, 4, 20), Math.Clamp(kills / 12, 6, 16));

        // What Redis has answered is in its file, whenever it is killed.
        await using var redis = await RedisServerProcess.StartAsync(Token, "--appendonly", "yes", "--appendfsync", "always");
        await using var mesh = await new ReplicatedMesh(
            "--redis", redis.Address, "--Stories:AdvertisedAddress=127.0.0.1", "--Stories:ReminderPeriod=00:00:02").StartAsync(Token);
        await using var plain = mesh.OrchestratorWith();
        string[] addresses = [.. mesh.Orchestrators.Select(orchestrator => orchestrator.Address)];
        List<WatchedStory> watched = [];
        var random = new Random(20261128);
        var storm = new Storm(random, redis, [.. mesh.Orchestrators, .. mesh.Workers]);
        for (var kill = 0; kill < kills; kill++)
        {
            for (var wanted = watched.Count(story => !story.Watching.IsCompleted); wanted < stories; wanted++)
            {
                watched.Add(await WatchedStory.BeginAsync(watched.Count, scenes, addresses));
            }

            var target = Frames() + 1 + random.Next(MaxFramesBetweenKills);
            while (Frames() < target && watched.Exists(story => !story.Watching.IsCompleted))
            {
                await Task.Delay(Look, TimeProvider.System, Token);
            }

            await storm.KillAsync(kill, Token);
        }

        await Task.WhenAll(watched.Select(story => story.Watching));
        output.WriteLine(
            $"{kills} kills over {watched.Count} stories; taken for dead while alive: {storm.Said.Sum(said => Count(said, TakenForDead))}; connections of watchers that broke: {watched.Sum(story => story.Watcher.Breaks)}.");
        plain.Start();
        await plain.ReadyAsync(Token);
        for (var i = 0; i < watched.Count; i++)
        {
            watched[i].Watcher.AssertWhole(scenes * FramesOfScene);
            Assert.Equal(StoryState.Succeeded, (await StoryCalls.GetAsync(addresses[i % 2], watched[i].Story.Id)).State);
            Assert.Equal(await StoryCalls.GeneratedAsync(plain.Address, Request(i, scenes)), StoryCalls.Pixels(watched[i].Watcher.Events));
        }

        int Frames() => watched.Sum(story => story.Watcher.Frames);
    }

    private static GenerateStoryRequest Request(int number, int scenes) => new()
    {
        Seed = (ulong)number,
        Scenes =
        {
            Enumerable.Range(0, scenes).Select(scene => new Scene { Prompt = scene % 2 == 0 ? "a bear walks on mars." : "the bear dances.", Frames = FramesOfScene }),
        },
        Sampling = new() { Steps = 192 },
    };

    private static int Count(string text, string words) => text.Split(words).Length - 1;

    /// <summary>A story, and what its watcher sees of it.</summary>
    private sealed record WatchedStory(WireStory Story, StoryWatcher Watcher, Task Watching)
    {
        /// <summary>Has one made, and watches it to its end.</summary>
        public static async Task<WatchedStory> BeginAsync(int number, int scenes, string[] addresses)
        {
            var story = await StoryCalls.CreateAsync(addresses[number % 2], Request(number, scenes), $"story-{number}");
            var watcher = new StoryWatcher(story.Id, addresses);
            return new(story, watcher, watcher.RunAsync(Token));
        }
    }

    /// <summary>Kills one after the other, all in an order that changes.</summary>
    private sealed class Storm(Random random, RedisServerProcess redis, IReadOnlyList<ServiceProcess> services)
    {
        private readonly List<string> _said = [];
        private int[] _order = [];

        /// <summary>What those that were killed, and those that run, have said.</summary>
        public IEnumerable<string> Said => _said.Concat(services.Select(service => service.Said));

        /// <summary>Kills one, and starts it again a moment later.</summary>
        public async Task KillAsync(int kill, CancellationToken cancellationToken)
        {
            var victims = services.Count + 1;
            if (kill % victims == 0)
            {
                _order = [.. Enumerable.Range(0, victims)];
                random.Shuffle(_order);
            }

            if (_order[kill % victims] is var victim && victim == services.Count)
            {
                await redis.StopAsync();
                await MomentAsync(cancellationToken);
                await redis.StartAgainAsync(cancellationToken);
                return;
            }

            _said.Add(services[victim].Said);
            await services[victim].KillAsync();
            await MomentAsync(cancellationToken);
            services[victim].Start();
        }

        private Task MomentAsync(CancellationToken cancellationToken) =>
            Task.Delay(TimeSpan.FromMilliseconds(random.Next(MaxMillisecondsAway)), TimeProvider.System, cancellationToken);
    }
}
