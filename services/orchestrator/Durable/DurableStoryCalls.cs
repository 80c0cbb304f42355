using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Stories;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Story.V1;
using Order = StackExchange.Redis.Order;

namespace Phenaki.Orchestrator.Durable;

/// <summary>The calls of the story service that are about stories which outlive them: reads requests, and writes answers.</summary>
internal sealed class DurableStoryCalls(
    DurableStories stories, StorySilo silo, IOptions<OrchestratorOptions> options, ISeedSource seeds)
{
    private const int MaxPage = 1_000;
    private const int DefaultPage = 50;
    private const int MaxLabels = 16;
    private const int MaxLabelKey = 64;
    private const int MaxLabelText = 256;

    // Nobody knows when a story ends; the wait is long enough not to be a burden, and short against a story.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    // Told apart from the same story that takes no commands.
    private static readonly byte[] Directed = [1];

    private readonly StoryValidator _validator = new(options.Value);

    /// <summary>Has a story made.</summary>
    /// <param name="request">The request.</param>
    /// <param name="models">The models that it is checked against.</param>
    /// <param name="owner">The API key that it shall belong to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CreateStoryResponse> CreateAsync(
        CreateStoryRequest request, Func<GenerateStoryRequest, Task<ModelSet>> models, string owner, CancellationToken cancellationToken)
    {
        _ = await silo.GrainsAsync(cancellationToken);
        CheckRequest(request);
        var id = request.RequestId.Length > 0 ? StoryId.Of(owner, request.RequestId) : StoryId.New(seeds);
        var read = _validator.Read(request.Story, await models(request.Story));
        var creation = await stories.CreateAsync(id, Draft(request, read, owner), cancellationToken);
        return creation.Outcome switch
        {
            StoryCreationOutcome.Taken => new() { Story = Story.V1.Story.Parser.ParseFrom(creation.Story) },
            StoryCreationOutcome.OtherBody => throw RpcErrors.AlreadyExists(
                $"The request_id '{request.RequestId}' was given to another story; a request that is made again must be the same.", "REQUEST_ID_TAKEN"),
            _ => throw RpcErrors.ResourceExhausted("As many stories wait as are allowed; ask again later.", RetryAfter, "TOO_MANY_STORIES"),
        };
    }

    /// <summary>Tells of a story.</summary>
    public async Task<GetStoryResponse> GetAsync(GetStoryRequest request, ServerCallContext context) => new()
    {
        Story = await stories.GetAsync(ApiKeyInterceptor.Owner(context), await IdAsync(request.Id, context), request.WithOpeningFrames, context.CancellationToken)
            ?? throw DurableStories.NotFound(request.Id),
    };

    /// <summary>Lists the stories of the caller.</summary>
    public async Task<ListStoriesResponse> ListAsync(ListStoriesRequest request, ServerCallContext context)
    {
        _ = await silo.GrainsAsync(context.CancellationToken);
        var owner = ApiKeyInterceptor.Owner(context);
        var after = request.PageToken.Length == 0 ? null : StoryEntry.FromPageToken(owner, request.PageToken);
        CheckPage(request, after);
        var count = request.PageSize == 0 ? DefaultPage : (int)request.PageSize;
        var page = await stories.ListAsync(owner, after, count, request.States.ToHashSet(), Order.Descending, context.CancellationToken);
        return new() { Stories = { page.Stories }, NextPageToken = page.Next?.ToPageToken() ?? "" };
    }

    /// <summary>Sends the events of a story.</summary>
    public async Task WatchAsync(WatchStoryRequest request, IServerStreamWriter<WatchStoryResponse> stream, ServerCallContext context)
    {
        var id = await IdAsync(request.Id, context);
        CheckNumber("after", request.After);
        await foreach (var item in stories.WatchAsync(ApiKeyInterceptor.Owner(context), id, request.After, context.CancellationToken))
        {
            await stream.WriteAsync(item, context.CancellationToken);
        }
    }

    /// <summary>Refuses what can be the number of no event.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT.</exception>
    public static void CheckNumber(string field, ulong number)
    {
        if (number > long.MaxValue)
        {
            throw RpcErrors.InvalidArgument([new(field, $"is {number}; allowed are 0 to {long.MaxValue}.")]);
        }
    }

    /// <summary>Stops a story.</summary>
    public async Task<CancelStoryResponse> CancelAsync(CancelStoryRequest request, ServerCallContext context) => new()
    {
        Story = await stories.CancelAsync(ApiKeyInterceptor.Owner(context), await IdAsync(request.Id, context), context.CancellationToken)
            ?? throw DurableStories.NotFound(request.Id),
    };

    /// <summary>Forgets a story.</summary>
    public async Task<DeleteStoryResponse> DeleteAsync(DeleteStoryRequest request, ServerCallContext context) =>
        await stories.DeleteAsync(ApiKeyInterceptor.Owner(context), await IdAsync(request.Id, context), context.CancellationToken)
            ? new()
            : throw DurableStories.NotFound(request.Id);

    private static void CheckRequest(CreateStoryRequest request)
    {
        var violations = new Violations();
        if (!StoryId.IsRequestId(request.RequestId))
        {
            violations.Add("request_id", $"has {request.RequestId.Length} characters; allowed are up to {StoryId.MaxRequestId} visible ASCII characters.");
        }

        if (request.Story is null)
        {
            violations.Add("story", "is not set; it is what shall be made.");
        }

        if (request.Labels.Count > MaxLabels)
        {
            violations.Add("labels", $"has {request.Labels.Count} labels; allowed are up to {MaxLabels}.");
        }

        foreach (var (key, text) in request.Labels)
        {
            if (key.Length is 0 or > MaxLabelKey || !key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-'))
            {
                violations.Add("labels", $"has the key {Violations.Quote(key)}; allowed are 1 to {MaxLabelKey} of a-z, 0-9, '.', '_' and '-'.");
            }

            violations.Text($"labels[{Violations.Quote(key)}]", text, MaxLabelText, minimum: 0);
        }

        violations.ThrowIfAny();
    }

    private static void CheckPage(ListStoriesRequest request, StoryEntry? after)
    {
        var violations = new Violations();
        if (request.PageSize > MaxPage)
        {
            violations.Add("page_size", $"is {request.PageSize}; allowed are 1 to {MaxPage}, or 0 for {DefaultPage}.");
        }

        if (after is null && request.PageToken.Length > 0)
        {
            violations.Add("page_token", "is none that a page has had; leave it out for the first page.");
        }

        if (request.States.Any(state => state == StoryState.Unspecified || !Enum.IsDefined(state)))
        {
            violations.Add("states", "has a state that there is not.");
        }

        violations.ThrowIfAny();
    }

    private static StoryDraft Draft(CreateStoryRequest request, StoryRequest read, string owner, ulong seed)
    {
        var body = request.Story;
        var kept = body.Clone();
        kept.OpeningFrames.Clear();
        kept.Seed = seed;
        for (var i = 0; i < kept.Scenes.Count; i++)
        {
            // A default may be another one by the time when the story is made.
            kept.Scenes[i].Frames = (uint)read.Scenes[i].Frames;
        }

        return new(
            owner,
            Convert.ToHexStringLower(SHA256.HashData([.. body.ToByteArray(), .. request.Directed ? Directed : []])),
            kept.ToByteArray(),
            new GenerateStoryRequest { OpeningFrames = { body.OpeningFrames } }.ToByteArray(),
            seed,
            (uint)read.Scenes.Sum(scene => scene.Frames),
            request.Directed,
            read.OpeningFrames.Count,
            request.Labels.ToDictionary(StringComparer.Ordinal));
    }

    private StoryDraft Draft(CreateStoryRequest request, StoryRequest read, string owner) => Draft(request, read, owner, read.Seed ?? seeds.Next());

    /// <summary>What can be no id is no story's; no place is made for it to be looked for.</summary>
    public async Task<string> IdAsync(string id, ServerCallContext context)
    {
        _ = await silo.GrainsAsync(context.CancellationToken);
        return StoryId.IsId(id) ? id : throw DurableStories.NotFound(id.Length <= StoryId.MaxRequestId ? id : $"{id.AsSpan(0, StoryId.MaxRequestId)}...");
    }
}
