using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Story.V1;
using Phenaki.Testing;
using Phenaki.Testing.Services;

namespace Phenaki.Orchestrator.Tests;

/// <summary>Who may have stories made, and how many.</summary>
public sealed class ApiKeyTests : IDisposable
{
    private static readonly string Key = ApiKey.Create("film-club", Enumerable.Repeat((byte)7, ApiKey.SecretBytes).ToArray());
    private static readonly string Other = ApiKey.Create("school", Enumerable.Repeat((byte)8, ApiKey.SecretBytes).ToArray());
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string KeyFile => _folder.Of("keys.json");

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData(null)]
    [InlineData("")]
    public async Task Call_WithoutAKey_IsUnauthenticatedAndHealthNeedsNone(string? key)
    {
        await using var mesh = await StartAsync(Entry(Key));
        var error = await RefusedAsync(mesh, key);
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Equal("API_KEY_MISSING", error.Detail<ErrorInfo>().Reason);
        await new Health.HealthClient(mesh.Orchestrator.Channel).CheckAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(0, mesh.InFlight);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("hello")]
    [InlineData("phk_film-club_")]
    [InlineData("phk_film-club_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("phk_nobody_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Call_WithAKeyThatIsNone_IsUnauthenticated(string key)
    {
        await using var mesh = await StartAsync(Entry(Key));
        var error = await RefusedAsync(mesh, key);
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Equal("API_KEY_INVALID", error.Detail<ErrorInfo>().Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_WithAPartOfAKeyOrMore_IsUnauthenticated()
    {
        await using var mesh = await StartAsync(Entry(Key));
        Assert.Equal(StatusCode.Unauthenticated, (await RefusedAsync(mesh, Key[..^1])).StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, (await RefusedAsync(mesh, Key + "A")).StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, (await RefusedAsync(mesh, Key.Replace("film-club", "school", StringComparison.Ordinal))).StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("authorization", "Bearer ")]
    [InlineData("authorization", "bearer ")]
    [InlineData("x-api-key", "")]
    public async Task Call_WithAKey_IsAnswered(string header, string before)
    {
        await using var mesh = await StartAsync(Entry(Other), Entry(Key));
        await mesh.Client.GetModelAsync(new(), new Metadata { { header, before + Key } }, cancellationToken: Cancellation);
        Assert.NotEmpty(await StoryAsync(mesh, Key));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true, "2999-01-01T00:00:00Z", "API_KEY_REVOKED")]
    [InlineData(false, "2001-01-01T00:00:00Z", "API_KEY_EXPIRED")]
    public async Task Call_WithAKeyThatIsOver_IsDenied(bool revoked, string expires, string reason)
    {
        await using var mesh = await StartAsync(
            Entry(Key) with { Revoked = revoked, Expires = DateTimeOffset.Parse(expires, System.Globalization.CultureInfo.InvariantCulture) });
        var error = await RefusedAsync(mesh, Key);
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Equal(reason, error.Detail<ErrorInfo>().Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_BeyondTheRateOfItsKey_IsToldWhenToComeAgainAndOthersAreNot()
    {
        await using var mesh = await StartAsync(Entry(Key) with { RequestsPerMinute = 1, Burst = 2 }, Entry(Other));
        await GetModelAsync(mesh, Key);
        await GetModelAsync(mesh, Key);
        var error = await RefusedAsync(mesh, Key);
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.InRange(error.Detail<RetryInfo>().RetryDelay.ToTimeSpan(), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.Equal("RATE_LIMIT", error.Detail<ErrorInfo>().Reason);
        await GetModelAsync(mesh, Other);
    }

    [Fact(Timeout = 60_000)]
    public async Task Story_BeyondThoseThatItsKeyMayHave_IsRefusedUntilOneEnds()
    {
        await using var mesh = await StartAsync(Entry(Key) with { ConcurrentStories = 1 }, Entry(Other));
        var hold = new TaskCompletionSource();
        mesh.Masked.OnCall = (_, scope) => hold.Task.WaitAsync(scope.CancellationToken);
        var first = StoryAsync(mesh, Key);
        await Eventually.TrueAsync(() => ValueTask.FromResult(mesh.Masked.InFlight == 1), Cancellation);

        var error = await Assert.ThrowsAsync<RpcException>(() => StoryAsync(mesh, Key));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("TOO_MANY_STORIES", error.Detail<ErrorInfo>().Reason);
        Assert.NotNull(error.Detail<RetryInfo>());
        var other = StoryAsync(mesh, Other);
        hold.SetResult();
        await Task.WhenAll(first, other);
        Assert.NotEmpty(await StoryAsync(mesh, Key));
    }

    [Fact(Timeout = 60_000)]
    public async Task File_Changed_IsHeardOfWithoutARestart()
    {
        await using var mesh = await StartAsync(Entry(Key));
        await GetModelAsync(mesh, Key);
        await RefusedAsync(mesh, Other);

        Write(Entry(Key) with { Revoked = true }, Entry(Other));
        await Eventually.TrueAsync(() => ValueTask.FromResult(Said(mesh, "read again")), Cancellation);
        Assert.Equal(StatusCode.PermissionDenied, (await RefusedAsync(mesh, Key)).StatusCode);
        await GetModelAsync(mesh, Other);

        await File.WriteAllTextAsync(KeyFile, "{ \"keys\": [", Cancellation);
        await Eventually.TrueAsync(() => ValueTask.FromResult(Said(mesh, "stays as it was")), Cancellation);
        await GetModelAsync(mesh, Other);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_WithAFileThatIsNone_Fails()
    {
        await File.WriteAllTextAsync(KeyFile, "[]", Cancellation);
        var error = await Assert.ThrowsAsync<StartupException>(() => FakeMesh.StartOrchestratorAsync(null, Cancellation, ("ApiKeys:File", KeyFile)));
        Assert.Contains("The file of API keys cannot be used", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Logs_AtTheFinestLevel_HoldNoKeyAndNoPassword()
    {
        const string password = "correct-horse-battery";
        var secret = Key[(Key.LastIndexOf('_') + 1)..];
        await using var mesh = await StartAsync(
            [Entry(Key)], ("Redis", $"127.0.0.1:{RedisServerProcess.FreePort()},password={password},connectTimeout=100"));
        await StoryAsync(mesh, Key);
        await RefusedAsync(mesh, Key + "A");
        await RefusedAsync(mesh, password);
        await mesh.Orchestrator.StopAsync(Cancellation);

        var logged = mesh.Orchestrator.Logs.GetSnapshot();
        Assert.Contains(logged, record => record.Message.Contains("API key", StringComparison.Ordinal));
        foreach (var word in new[] { secret, password, ApiKey.Hash(Key) })
        {
            Assert.DoesNotContain(logged, record =>
                $"{record.Message} {record.Exception} {string.Join(' ', record.StructuredState ?? [])}".Contains(word, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [InlineData("""{"keys":[{"id":"A","sha256":"00"}]}""", "id is 'A'")]
    [InlineData("""{"keys":[{"id":"a","sha256":"00"}]}""", "sha256 of 'a' must have 64")]
    [InlineData("""{"keys":[{"id":"a","sha256":"$","sha257":""}]}""", "not as it should be")]
    [InlineData("""{"keys":[{"id":"a","sha256":"$","requests_per_minute":0}]}""", "requests_per_minute of 'a' is 0")]
    [InlineData("""{"keys":[{"id":"a","sha256":"$","burst":5}]}""", "burst of 'a' needs requests_per_minute")]
    [InlineData("""{"keys":[{"id":"a","sha256":"$"},{"id":"a","sha256":"$"}]}""", "id 'a' is there twice")]
    [InlineData("""{"keys":[null]}""", "keys[0]")]
    [InlineData("""{"keys":null}""", "no keys")]
    [InlineData("null", "holds no object")]
    public void Parse_WhatIsNotAllowed_IsSaid(string json, string message)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(json.Replace("$", new string('0', 64), StringComparison.Ordinal));
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => ApiKeyFile.Parse(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WhatWasWritten_IsTheSame()
    {
        ApiKeyEntry[] entries = [Entry(Key) with { Expires = DateTimeOffset.UnixEpoch, RequestsPerMinute = 60, Burst = 5, ConcurrentStories = 2 }, Entry(Other)];
        Assert.Equal(entries, ApiKeyFile.Parse(System.Text.Encoding.UTF8.GetBytes(new ApiKeyFile { Keys = entries }.ToJson())).Keys);
    }

    private static ApiKeyEntry Entry(string key) => new() { Id = ApiKey.IdOf(key)!, Sha256 = ApiKey.Hash(key) };

    private static Metadata? Headers(string? key) => key is null ? null : new Metadata { { "authorization", $"Bearer {key}" } };

    private static bool Said(FakeMesh mesh, string words) =>
        mesh.Orchestrator.Logs.GetSnapshot().Any(record => record.Message.Contains(words, StringComparison.Ordinal));

    private static Task<GetModelResponse> GetModelAsync(FakeMesh mesh, string? key) =>
        mesh.Client.GetModelAsync(new(), Headers(key), cancellationToken: Cancellation).ResponseAsync;

    private static Task<RpcException> RefusedAsync(FakeMesh mesh, string? key) => Assert.ThrowsAsync<RpcException>(() => GetModelAsync(mesh, key));

    private static async Task<IReadOnlyList<GenerateStoryResponse>> StoryAsync(FakeMesh mesh, string key)
    {
        using var call = mesh.Client.GenerateStory(
            new() { Scenes = { new Scene { Prompt = "a", Frames = 1 } }, Seed = 42 }, Headers(key), cancellationToken: Cancellation);
        return await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }

    private void Write(params ApiKeyEntry[] entries) => File.WriteAllText(KeyFile, new ApiKeyFile { Keys = entries }.ToJson());

    private Task<FakeMesh> StartAsync(params ApiKeyEntry[] entries) => StartAsync(entries, []);

    private async Task<FakeMesh> StartAsync(ApiKeyEntry[] entries, params (string Name, string Value)[] more)
    {
        Write(entries);
        var mesh = await new FakeMesh().StartAsync(Cancellation, [("ApiKeys:File", KeyFile), (":FileReloadInterval", "00:00:00.1"), .. more]);
        return await mesh.ReadyAsync(Cancellation);
    }
}
