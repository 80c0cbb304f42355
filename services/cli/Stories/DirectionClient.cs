using System.Globalization;
using System.Threading.Channels;
using Grpc.Core;
using Phenaki.Media;
using Phenaki.Story.V1;

namespace Phenaki.Cli.Stories;

/// <summary>
/// Has a story made by what is typed meanwhile, and writes it as it comes. Where the connection breaks the story is joined again after the last event,
/// and commands that were not answered are sent again: their names see to it that each takes effect once.
/// </summary>
/// <param name="service">The service.</param>
/// <param name="input">What is typed.</param>
/// <param name="output">Gets what is said to the director.</param>
/// <param name="name">Names the story and its commands; no other has it.</param>
/// <param name="time">The clock.</param>
internal sealed class DirectionClient(
    StoryService.StoryServiceClient service, TextReader input, TextWriter output, string name, TimeProvider time) : IDisposable
{
    private const int MaxWaitingCommands = 16;

    // For some minutes: the story waits as well, and whoever types has no wish to begin again.
    private const int MaxTries = 30;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly Channel<StoryCommand> _commands = Channel.CreateBounded<StoryCommand>(MaxWaitingCommands);
    private readonly SemaphoreSlim _saying = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Queue<StoryCommand> _unanswered = new();
    private readonly HashSet<string> _underWay = [];
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isWaiting;
    private bool _isEnding;
    private string? _id;
    private int _given;
    private uint _frames;

    /// <summary>Makes the story.</summary>
    /// <param name="story">Checked; without a prompt the first that is typed begins it.</param>
    /// <param name="request">Its request.</param>
    /// <param name="cancellationToken">Cancels the story; the output is then as it was.</param>
    /// <exception cref="RpcException">The service refuses or fails.</exception>
    /// <exception cref="MediaException">The video cannot be written.</exception>
    public async Task<StoryResult> MakeAsync(StoryArguments story, GenerateStoryRequest request, CancellationToken cancellationToken)
    {
        _frames = (uint)(story.Frames ?? 0);
        while (request.Scenes.Count == 0)
        {
            request.Scenes.Add(await FirstSceneAsync(cancellationToken));
        }

        await using var received = new ReceivedDirection(plan => StoryClient.Open(story.Video, story.Output, plan), line => SayAsync(line, cancellationToken));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = ListenAsync(story, received, stop.Token);
        try
        {
            var directing = DirectAsync(new() { Begin = new() { RequestId = name, Story = request } }, received, stop.Token);
            if (await Task.WhenAny(directing, listening) == listening)
            {
                await listening;
            }

            await directing;
            return await received.CompleteAsync(story.Output, cancellationToken);
        }
        catch (Exception) when (_id is { } id && received.End is null)
        {
            await CancelAsync(id);
            throw;
        }
        finally
        {
            await stop.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _saying.Dispose();

    private async Task<Scene> FirstSceneAsync(CancellationToken cancellationToken)
    {
        await SayAsync("Type what happens first; /help says what else there is.", cancellationToken);
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken) ?? throw CliException.Usage("There is no prompt; say what happens, as in: phenaki direct -o story.mp4");
            switch (DirectionLine.Read(line, _frames))
            {
                case DirectionLine.Steer { Command.AddScenes: { } added }:
                    return added.Scenes[0];
                case DirectionLine.Steer or DirectionLine.Save or DirectionLine.Scenes or DirectionLine.Wait:
                    await SayAsync("The story has not begun.", cancellationToken);
                    break;
                case { } other:
                    await AnswerAsync(other, cancellationToken);
                    break;
            }
        }
    }

    private async Task ListenAsync(StoryArguments story, ReceivedDirection received, CancellationToken cancellationToken)
    {
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            switch (DirectionLine.Read(line, _frames))
            {
                case DirectionLine.Steer steer:
                    await GiveAsync(steer.Command, cancellationToken);
                    break;
                case DirectionLine.Save save:
                    await SaveAsync(save.Path, story.Video, received, cancellationToken);
                    break;
                case DirectionLine.Scenes:
                    await ShowScenesAsync(cancellationToken);
                    break;
                case DirectionLine.Wait:
                    await WaitAsync(forMore: true, cancellationToken);
                    break;
                case { } other:
                    await AnswerAsync(other, cancellationToken);
                    break;
            }
        }

        if (!_isEnding)
        {
            await GiveAsync(DirectionLine.End, cancellationToken);
        }
    }

    private async Task AnswerAsync(DirectionLine line, CancellationToken cancellationToken)
    {
        switch (line)
        {
            case DirectionLine.Frames frames:
                _frames = frames.Number;
                break;
            case DirectionLine.Wrong wrong:
                await SayAsync(wrong.Message, cancellationToken);
                break;
            case DirectionLine.Question:
                await SayAsync(string.Join(Environment.NewLine, DirectionLine.Help), cancellationToken);
                break;
        }
    }

    private async Task GiveAsync(StoryCommand command, CancellationToken cancellationToken)
    {
        _isEnding |= command.Stop is not null;
        command.CommandId = string.Create(CultureInfo.InvariantCulture, $"{name}-{++_given}");
        lock (_gate)
        {
            _underWay.Add(command.CommandId);
        }

        await _commands.Writer.WriteAsync(command, cancellationToken);
    }

    private async Task DirectAsync(DirectStoryRequest first, ReceivedDirection received, CancellationToken cancellationToken)
    {
        var resumption = new StoryResumption(time, MaxTries);
        while (true)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sending = Task.CompletedTask;
            try
            {
                using var call = service.DirectStory(cancellationToken: cancellationToken);
                await call.RequestStream.WriteAsync(first, cancellationToken);
                await foreach (var response in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    switch (response.MessageCase)
                    {
                        case DirectStoryResponse.MessageOneofCase.Story:
                            _id = response.Story.Id;
                            sending = SendAsync(call.RequestStream, stop.Token);
                            break;
                        case DirectStoryResponse.MessageOneofCase.Event:
                            await received.TakeAsync(response.Event, cancellationToken);
                            Note(response.Event);
                            resumption.Progressed();
                            break;
                        case DirectStoryResponse.MessageOneofCase.Answer:
                            await TakeAsync(response.Answer, cancellationToken);
                            break;
                    }
                }

                return;
            }
            catch (RpcException broken) when (received.End is null && resumption.IsWorthIt(broken))
            {
                await resumption.WaitAsync(broken, cancellationToken);
                first = _id is { } id ? new() { Join = new() { Id = id, After = received.Last } } : first;
            }
            finally
            {
                await stop.CancelAsync();
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Sends what was not answered on an earlier stream, then what comes. That the stream breaks is known where it is read.</summary>
    private async Task SendAsync(IClientStreamWriter<DirectStoryRequest> requests, CancellationToken cancellationToken)
    {
        StoryCommand[] before;
        lock (_gate)
        {
            before = [.. _unanswered];
        }

        foreach (var command in before)
        {
            await requests.WriteAsync(new() { Command = command }, cancellationToken);
        }

        await foreach (var command in _commands.Reader.ReadAllAsync(cancellationToken))
        {
            lock (_gate)
            {
                _unanswered.Enqueue(command);
            }

            await requests.WriteAsync(new() { Command = command }, cancellationToken);
        }
    }

    private async Task TakeAsync(StoryCommandAnswer answer, CancellationToken cancellationToken)
    {
        StoryCommand command;
        lock (_gate)
        {
            command = _unanswered.Dequeue();
            if (answer.Error is not null)
            {
                _underWay.Remove(answer.CommandId);
                Changed();
            }
        }

        await SayAsync(
            answer.Error is { } error ? $"That cannot be: {error.Message}" : DirectionText.Answer(command, answer), cancellationToken);
    }

    private void Note(WatchStoryResponse item)
    {
        lock (_gate)
        {
            if (item.Directed is { } directed)
            {
                _underWay.Remove(directed.Command.CommandId);
                _isWaiting = false;
            }

            _isWaiting |= item.Waiting is not null;
            _isWaiting &= item.SceneStarted is null && item.Frame is null;
            Changed();
        }
    }

    /// <summary>Waits until all that was typed is taken.</summary>
    /// <param name="forMore">True to wait until the story then waits for more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task WaitAsync(bool forMore, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_underWay.Count == 0 && (_isWaiting || !forMore))
                {
                    return;
                }

                change = _change.Task;
            }

            await change.WaitAsync(cancellationToken);
        }
    }

    private void Changed()
    {
        _change.SetResult();
        _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task SaveAsync(string path, VideoArguments video, ReceivedDirection received, CancellationToken cancellationToken)
    {
        try
        {
            if (received.Accepted is not { } plan || _id is not { } id)
            {
                await SayAsync("There is no frame yet.", cancellationToken);
                return;
            }

            video.Check(path);
            var made = (await service.GetStoryAsync(new() { Id = id }, cancellationToken: cancellationToken)).Story.FramesMade;
            await using var sink = StoryClient.Open(video, path, plan);
            using var call = service.WatchStory(new() { Id = id }, cancellationToken: cancellationToken);
            for (var saved = 0u; saved < made && await call.ResponseStream.MoveNext(cancellationToken);)
            {
                if (call.ResponseStream.Current.Frame is { } frame)
                {
                    await sink.AddFrameAsync(frame.Frame.Rgb.Memory, cancellationToken);
                    saved++;
                }
            }

            await sink.CompleteAsync(cancellationToken);
            await SayAsync($"Wrote {path}: {made} frames.", cancellationToken);
        }
        catch (Exception wrong) when (wrong is CliException or MediaException or RpcException && !cancellationToken.IsCancellationRequested)
        {
            // The story goes on without.
            await SayAsync(string.Join(Environment.NewLine, ErrorReport.Of(wrong).Lines), cancellationToken);
        }
    }

    private async Task ShowScenesAsync(CancellationToken cancellationToken)
    {
        if (_id is not { } id)
        {
            return;
        }

        try
        {
            await WaitAsync(forMore: false, cancellationToken);
            var story = (await service.GetStoryAsync(new() { Id = id }, cancellationToken: cancellationToken)).Story;
            await SayAsync(string.Join(Environment.NewLine, DirectionText.Scenes(story)), cancellationToken);
        }
        catch (RpcException wrong) when (!cancellationToken.IsCancellationRequested)
        {
            await SayAsync(wrong.Status.Detail, cancellationToken);
        }
    }

    /// <summary>Nobody directs it any more. Where that cannot be said it ends by itself, after a while.</summary>
    private async Task CancelAsync(string id)
    {
        using var late = new CancellationTokenSource(Farewell, time);
        try
        {
            await service.CancelStoryAsync(new() { Id = id }, cancellationToken: late.Token);
        }
        catch (RpcException)
        {
            // The failure that brought us here is the one to tell.
        }
    }

    // A terminal cannot be asked without being waited for; the wait is left when the story ends.
    private Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        Task.Run(() => input.ReadLineAsync(CancellationToken.None).AsTask(), CancellationToken.None).WaitAsync(cancellationToken);

    private async Task SayAsync(string line, CancellationToken cancellationToken)
    {
        await _saying.WaitAsync(cancellationToken);
        try
        {
            await output.WriteLineAsync(line.AsMemory(), cancellationToken);
        }
        finally
        {
            _saying.Release();
        }
    }
}
