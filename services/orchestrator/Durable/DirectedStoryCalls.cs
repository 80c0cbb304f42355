using Grpc.Core;
using Phenaki.Orchestrator.ApiKeys;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Stories;
using Phenaki.ServiceDefaults.Errors;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Durable;

/// <summary>The calls of the story service that direct a story while it is made.</summary>
internal sealed class DirectedStoryCalls(DurableStoryCalls calls, DurableStories stories, ISeedSource seeds)
{
    /// <summary>Gives one command.</summary>
    public async Task<SteerStoryResponse> SteerAsync(SteerStoryRequest request, ServerCallContext context)
    {
        var id = await calls.IdAsync(request.Id, context);
        return request.Command is null
            ? throw RpcErrors.InvalidArgument([new("command", "is not set; it is what the story shall do.")])
            : await SteerAsync(id, request.Command, context);
    }

    /// <summary>Begins or joins a story, then takes commands and sends events until it ends.</summary>
    /// <param name="requests">What the client sends.</param>
    /// <param name="responses">What it gets.</param>
    /// <param name="models">The models that a new story is checked against.</param>
    /// <param name="context">The call.</param>
    public async Task DirectAsync(
        IAsyncStreamReader<DirectStoryRequest> requests,
        IServerStreamWriter<DirectStoryResponse> responses,
        Func<GenerateStoryRequest, Task<ModelSet>> models,
        ServerCallContext context)
    {
        var (story, after) = await OpenAsync(requests, models, context);
        using var writing = new SemaphoreSlim(1, 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        await WriteAsync(new() { Story = story });
        var (listening, watching) = (ListenAsync(), WatchAsync());
        try
        {
            if (await Task.WhenAny(watching, listening) == listening)
            {
                await listening;
            }

            // Who says no more goes on hearing: the story goes on.
            await watching;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(listening, watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task ListenAsync()
        {
            while (await requests.MoveNext(stop.Token))
            {
                if (requests.Current.Command is not { } command)
                {
                    throw RpcErrors.InvalidArgument([new("command", "is not set; all messages but the first are commands.")]);
                }

                await WriteAsync(new() { Answer = await AnswerAsync(story.Id, command, context) });
            }
        }

        async Task WatchAsync()
        {
            await foreach (var item in stories.WatchAsync(ApiKeyInterceptor.Owner(context), story.Id, after, stop.Token))
            {
                await WriteAsync(new() { Event = item });
            }
        }

        async Task WriteAsync(DirectStoryResponse response)
        {
            await writing.WaitAsync(stop.Token);
            try
            {
                await responses.WriteAsync(response, stop.Token);
            }
            finally
            {
                writing.Release();
            }
        }
    }

    private async Task<(Story.V1.Story Story, ulong After)> OpenAsync(
        IAsyncStreamReader<DirectStoryRequest> requests, Func<GenerateStoryRequest, Task<ModelSet>> models, ServerCallContext context)
    {
        var first = await requests.MoveNext(context.CancellationToken) ? requests.Current : new();
        switch (first.MessageCase)
        {
            case DirectStoryRequest.MessageOneofCase.Begin:
                var begin = first.Begin.Clone();
                begin.Directed = true;
                return ((await calls.CreateAsync(begin, models, ApiKeyInterceptor.Owner(context), context.CancellationToken)).Story, 0);
            case DirectStoryRequest.MessageOneofCase.Join:
                DurableStoryCalls.CheckNumber("join.after", first.Join.After);
                var story = (await calls.GetAsync(new() { Id = first.Join.Id }, context)).Story;
                return story.Direction is null ? throw StoryCommandRules.NotDirected(story.Id) : (story, first.Join.After);
            default:
                throw RpcErrors.InvalidArgument([new("message", "is no begin and no join; the first message is one of these.")]);
        }
    }

    private async Task<StoryCommandAnswer> AnswerAsync(string id, StoryCommand command, ServerCallContext context)
    {
        try
        {
            return (await SteerAsync(id, command, context)).Answer;
        }
        catch (RpcException refusal) when (!context.CancellationToken.IsCancellationRequested)
        {
            return new() { CommandId = command.CommandId, Error = new() { Code = (int)refusal.StatusCode, Message = refusal.Status.Detail } };
        }
    }

    private async Task<SteerStoryResponse> SteerAsync(string id, StoryCommand command, ServerCallContext context)
    {
        if (command.CommandId.Length == 0)
        {
            // Between orchestrators it may be sent twice; it must have a name for that.
            command = command.Clone();
            command.CommandId = StoryId.New(seeds);
        }

        var steering = await stories.SteerAsync(ApiKeyInterceptor.Owner(context), id, command, context.CancellationToken) ?? throw DurableStories.NotFound(id);
        return steering.Refusal is { } refusal
            ? throw RpcErrors.Again(Google.Rpc.Status.Parser.ParseFrom(refusal))
            : new() { Answer = StoryCommandAnswer.Parser.ParseFrom(steering.Answer), Story = Story.V1.Story.Parser.ParseFrom(steering.Story) };
    }
}
