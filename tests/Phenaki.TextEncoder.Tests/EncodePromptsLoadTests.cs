using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Phenaki.Serving;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.V1;

namespace Phenaki.TextEncoder.Tests;

public sealed class EncodePromptsLoadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_WhileTheModelLoads_IsUnavailableWithATimeToRetry()
    {
        using var loading = new SemaphoreSlim(0);
        await using var host = await TextEncoderHost.StartAsync(
            _ =>
            {
                loading.Wait(TimeSpan.FromSeconds(50));
                return new FakeTextEncoder();
            },
            Cancellation);
        var error = await host.FailAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = "a" });
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.NotNull(error.Detail<RetryInfo>());
        Assert.NotNull(error.Trailers.GetValue("grpc-retry-pushback-ms"));
        loading.Release();
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_QueueFull_IsRefusedAtOnceWithATimeToRetry()
    {
        using var permits = new SemaphoreSlim(0);
        var model = new FakeTextEncoder { Permits = permits };
        await using var host = await TextEncoderHost.StartAsync(model, Cancellation, ("MaxQueue", "1"));
        var first = host.EncodeAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = "a" });
        await model.Begun.Reader.ReadAsync(Cancellation);
        var error = await host.FailAsync(Cancellation, new EncodePromptsRequest { Id = "q", Text = "b" });
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.NotNull(error.Detail<RetryInfo>());
        Assert.NotNull(error.Trailers.GetValue("grpc-retry-pushback-ms"));
        permits.Release(10);
        Assert.Single(await first);
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_MorePromptsThanMayBeInFlight_AreNotRefusedButWait()
    {
        using var permits = new SemaphoreSlim(0);
        var model = new FakeTextEncoder { Permits = permits };
        await using var host = await TextEncoderHost.StartAsync(
            model, Cancellation, ("MaxQueue", "4"), ("MaxInFlightPerStream", "4"), ("MaxBatchPrompts", "100"), ("BatchWaitMilliseconds", "0"));
        var prompts = Enumerable.Range(0, 20).Select(i => new EncodePromptsRequest { Id = $"{i}", Text = "a" }).ToList();
        var answers = host.EncodeAsync(Cancellation, prompts);
        await model.Begun.Reader.ReadAsync(Cancellation);
        permits.Release(1000);
        Assert.Equal(20, (await answers).Count);
        while (model.Begun.Reader.TryRead(out var batch))
        {
            Assert.InRange(batch.Count, 1, 4);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_SeveralStreamsWhileTheModelIsBusy_ShareABatch()
    {
        using var permits = new SemaphoreSlim(0);
        var model = new FakeTextEncoder { Permits = permits };
        await using var host = await TextEncoderHost.StartAsync(model, Cancellation, ("BatchWaitMilliseconds", "0"));
        var admitted = new MetricCollector<int>(
            host.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), ServingMetrics.MeterName, "phenaki.queue.depth");
        var first = host.EncodeAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = "first" });
        await model.Begun.Reader.ReadAsync(Cancellation);
        var others = Task.WhenAll(Enumerable.Range(0, 5).Select(i => host.EncodeAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = $"{i}" })));
        do
        {
            await Task.Yield();
            admitted.RecordObservableInstruments();
        }
        while (admitted.LastMeasurement?.Value != 6);

        permits.Release(100);
        await first;
        await others;
        Assert.Equal(5, (await model.Begun.Reader.ReadAsync(Cancellation)).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task EncodePrompts_ClientCancels_TakesItsWaitingPromptsBack()
    {
        using var permits = new SemaphoreSlim(0);
        var model = new FakeTextEncoder { Permits = permits };
        await using var host = await TextEncoderHost.StartAsync(model, Cancellation, ("MaxQueue", "2"), ("BatchWaitMilliseconds", "0"));
        var first = host.EncodeAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = "first" });
        await model.Begun.Reader.ReadAsync(Cancellation);
        using (var cancel = new CancellationTokenSource())
        {
            var left = host.EncodeAsync(cancel.Token, new EncodePromptsRequest { Id = "p", Text = "left" });
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => left);
        }

        permits.Release(100);
        await first;
        Assert.Single(await host.EncodeAsync(Cancellation, new EncodePromptsRequest { Id = "p", Text = "next" }));
    }

    [Fact(Timeout = 60_000)]
    public async Task Stop_AfterServing_DisposesTheModel()
    {
        var model = new FakeTextEncoder();
        await using (await TextEncoderHost.StartAsync(model, Cancellation))
        {
            Assert.False(model.IsDisposed);
        }

        Assert.True(model.IsDisposed);
    }
}
