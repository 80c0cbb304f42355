using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Phenaki.Orchestrator.Clients;
using Phenaki.Orchestrator.Tests.Fakes;
using Phenaki.Testing;

namespace Phenaki.Orchestrator.Tests;

public sealed class ModelRegistryTests
{
    private readonly FakeTextEncoder _text = new();
    private readonly FakeVideoTokenizer _video = new();
    private readonly FakeMaskedTransformer _masked = new();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static CallScope Scope => new(null, Cancellation);

    [Fact(Timeout = 60_000)]
    public async Task Execute_ServiceComesUpLater_IsFoundAtTheNextRound()
    {
        var asked = 0;
        _masked.OnGetModel = _ => Interlocked.Increment(ref asked) < 3 ? throw Down() : Task.CompletedTask;
        using var registry = Create();
        await registry.StartAsync(Cancellation);
        await AdvanceUntilAsync(() => registry.Completion.IsCompleted, TimeSpan.FromMilliseconds(250));
        Assert.Equal(3, asked);
        await registry.StopAsync(Cancellation);
    }

    [Fact(Timeout = 60_000)]
    public async Task Execute_AnotherModelComesUp_IsFoundAtTheNextRound()
    {
        using var registry = Create();
        await registry.StartAsync(Cancellation);
        await registry.Completion.WaitAsync(Cancellation);
        _masked.Card = _masked.Card with { Model = FakeModels.Card("another") };
        await AdvanceUntilAsync(() => Masked() == "another", TimeSpan.FromSeconds(30));
        await registry.StopAsync(Cancellation);

        string? Masked() => registry.GetAsync(Scope) is { IsCompletedSuccessfully: true } known ? known.GetAwaiter().GetResult().MaskedTransformer.Model.Name : null;
    }

    [Fact(Timeout = 60_000)]
    public async Task Get_ModelsKnown_AsksNoService()
    {
        using var registry = Create();
        await registry.GetAsync(Scope);
        _text.OnGetModel = _ => throw Down();
        Assert.NotNull(await registry.GetAsync(Scope));
    }

    [Fact(Timeout = 60_000)]
    public async Task Get_AfterAFailedRefresh_AsksAgain()
    {
        using var registry = Create();
        await registry.GetAsync(Scope);
        _text.OnGetModel = _ => throw Down();
        await Assert.ThrowsAsync<ModelServiceException>(() => registry.RefreshAsync(Scope));
        await Assert.ThrowsAsync<ModelServiceException>(() => registry.GetAsync(Scope));
        _text.OnGetModel = _ => Task.CompletedTask;
        Assert.NotNull(await registry.GetAsync(Scope));
    }

    private static ModelServiceException Down() => new("test", ModelServiceFailure.Unreachable, "test");

    private ModelRegistry Create() =>
        new(_text, _video, _masked, Options.Create(new OrchestratorOptions()), _time, NullLogger<ModelRegistry>.Instance);

    private Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(step);
            return ValueTask.FromResult(condition());
        },
        Cancellation);
}
