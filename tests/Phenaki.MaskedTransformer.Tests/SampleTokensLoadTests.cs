using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Phenaki.Common.V1;
using Phenaki.MaskedTransformer.V1;
using Phenaki.ServiceDefaults.Startup;
using Phenaki.Serving;
using Phenaki.Testing.Services;

namespace Phenaki.MaskedTransformer.Tests;

public sealed class SampleTokensLoadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_WhileTheModelLoads_IsUnavailableWithATimeToRetry()
    {
        using var loading = new SemaphoreSlim(0);
        await using var host = await MaskedTransformerHost.StartAsync(
            _ =>
            {
                loading.Wait(TimeSpan.FromSeconds(50));
                return new FakeMaskedTransformer();
            },
            Cancellation);
        var error = await FailAsync(host, Requests.Valid());
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.NotNull(error.Detail<RetryInfo>());
        Assert.NotNull(error.Trailers.GetValue("grpc-retry-pushback-ms"));
        loading.Release();
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_QueueFull_IsRefusedAtOnceWithATimeToRetry()
    {
        using var permits = new SemaphoreSlim(0);
        var model = new FakeMaskedTransformer { Permits = permits };
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation, maxQueue: 1);
        using var first = Call(host, Requests.Valid());
        await model.Begun.Reader.ReadAsync(Cancellation);

        var error = await FailAsync(host, Requests.Valid());
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.True(error.Detail<RetryInfo>().RetryDelay.ToTimeSpan() > TimeSpan.Zero);
        Assert.NotNull(error.Trailers.GetValue("grpc-retry-pushback-ms"));

        permits.Release(1000);
        Assert.Equal(5, (await first.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation)).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_DeadlineThatCannotBeMet_IsRefusedAtOnce()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var model = new FakeMaskedTransformer { OnStep = () => time.Advance(TimeSpan.FromSeconds(1000)) };
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation, time: time);
        using (var learnt = Call(host, Requests.Valid()))
        {
            await learnt.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        }

        // 4 steps of 1000 s are known by now; the fake clock stands 4000 s ahead of the wire's.
        var error = await FailAsync(host, Requests.Valid(), TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(5000));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal("DEADLINE_CANNOT_BE_MET", error.Detail<ErrorInfo>().Reason);
        Assert.Single(model.Requests);
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_ClientCancels_FreesTheRowWithoutFinishing()
    {
        using var permits = new SemaphoreSlim(3);
        var model = new FakeMaskedTransformer { Permits = permits };
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation);
        using var cancel = new CancellationTokenSource();
        using var call = new MaskedTransformerService.MaskedTransformerServiceClient(host.Channel)
            .SampleTokens(Requests.With(r => r.Sampling = new() { Steps = 256 }), cancellationToken: cancel.Token);
        for (var step = 0; step < 4; step++)
        {
            await model.Begun.Reader.ReadAsync(Cancellation);
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation));
        var engine = host.Services.GetRequiredService<Warmup<MaskedTransformerEngine>>().Value;
        while (!model.Disposed.Reader.TryRead(out _))
        {
            // The cancellation travels beside the steps; give one at a time until it has come.
            permits.Release();
            await Task.WhenAny(model.Begun.Reader.ReadAsync(Cancellation).AsTask(), model.Disposed.Reader.WaitToReadAsync(Cancellation).AsTask());
        }

        Assert.InRange(model.Steps, 4, 255);
        Assert.Equal(0, model.Live);
        await host.StopAsync(Cancellation);
        Assert.Equal((0, 0), (engine.Active, engine.Waiting));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_Cancelled_DoesNoFurtherStepAndDisposesTheClip()
    {
        using var permits = new SemaphoreSlim(3);
        var model = new FakeMaskedTransformer { Permits = permits };
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation);
        var engine = host.Services.GetRequiredService<Warmup<MaskedTransformerEngine>>().Value;
        using var cancel = new CancellationTokenSource();
        var run = engine.Start(SampleTokensRequests.Read(Requests.With(r => r.Sampling = new() { Steps = 256 }), model.Config), false, null, WorkPriority.Interactive, cancel.Token);
        for (var step = 0; step < 4; step++)
        {
            await model.Begun.Reader.ReadAsync(Cancellation);
        }

        // The fourth step is under way: it may finish, no other may begin.
        await cancel.CancelAsync();
        permits.Release(1000);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.Completion);
        Assert.Equal(4, model.Steps);
        Assert.Equal((0, 0, 0), (model.Live, engine.Active, engine.Waiting));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_DeadlinePasses_DoesNoFurtherStepAndDisposesTheClip()
    {
        using var permits = new SemaphoreSlim(1);
        var time = new FakeTimeProvider();
        var model = new FakeMaskedTransformer { Permits = permits };
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation, time: time);
        var engine = host.Services.GetRequiredService<Warmup<MaskedTransformerEngine>>().Value;
        var run = engine.Start(SampleTokensRequests.Read(Requests.Valid(), model.Config), false, time.GetUtcNow().AddSeconds(10), WorkPriority.Interactive, Cancellation);
        await model.Begun.Reader.ReadAsync(Cancellation);
        await model.Begun.Reader.ReadAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(11));
        permits.Release(1000);
        await Assert.ThrowsAsync<TimeoutException>(() => run.Completion);
        Assert.Equal((2, 0), (model.Steps, model.Live));
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_SeveralAtOnce_TakeTurnsStepByStep()
    {
        using var permits = new SemaphoreSlim(0);
        var model = new FakeMaskedTransformer { Permits = permits };
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation, maxActive: 2);
        var calls = Enumerable.Range(0, 3).Select(_ => Call(host, Requests.Valid()).ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation).AsTask()).ToArray();
        var engine = host.Services.GetRequiredService<Warmup<MaskedTransformerEngine>>().Value;
        await model.Begun.Reader.ReadAsync(Cancellation);
        while (engine.Waiting == 0)
        {
            await Task.Yield();
        }

        Assert.Equal((2, 1), (engine.Active, engine.Waiting));
        permits.Release(100);
        var answers = await Task.WhenAll(calls);
        Assert.All(answers, a => Assert.Equal(answers[0], a));
    }

    [Fact(Timeout = 60_000)]
    public async Task Stop_AfterServing_DisposesTheModel()
    {
        var model = new FakeMaskedTransformer();
        await using (await MaskedTransformerHost.StartAsync(model, Cancellation))
        {
            Assert.False(model.IsDisposed);
        }

        Assert.True(model.IsDisposed);
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_Done_IsMeasured()
    {
        await using var host = await MaskedTransformerHost.StartAsync(new FakeMaskedTransformer(), Cancellation);
        var meters = host.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        using var clips = new MetricCollector<long>(meters, MaskedTransformerMetrics.MeterName, "phenaki.masked_transformer.clips");
        using var steps = new MetricCollector<double>(meters, MaskedTransformerMetrics.MeterName, "phenaki.masked_transformer.step.duration");
        using var call = Call(host, Requests.Valid());
        await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        await clips.WaitForMeasurementsAsync(1, Cancellation);
        Assert.Equal("sampled", Assert.Single(clips.GetMeasurementSnapshot()).Tags["outcome"]);
        Assert.Equal(4, steps.GetMeasurementSnapshot().Count);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("01", 4)]
    [InlineData("00", 0)]
    public async Task SampleTokens_InATrace_HasASpanForEveryStepWhereTheTraceIsRecorded(string flags, int expected)
    {
        var trace = ActivityTraceId.CreateRandom();
        ConcurrentQueue<Activity> spans = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Phenaki.MaskedTransformer" or "Microsoft.AspNetCore",
            Sample = (ref options) => options.Parent.TraceFlags == ActivityTraceFlags.Recorded ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace)
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await MaskedTransformerHost.StartAsync(new FakeMaskedTransformer(), Cancellation);
        using var call = new MaskedTransformerService.MaskedTransformerServiceClient(host.Channel).SampleTokens(
            Requests.Valid(), new Metadata { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-{flags}" } }, cancellationToken: Cancellation);
        await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        await host.StopAsync(Cancellation);

        var steps = spans.Where(span => span.DisplayName == "step").ToList();
        Assert.Equal(Enumerable.Range(1, expected), steps.Select(step => (int)step.GetTagItem("phenaki.step")!));
        Assert.All(steps, step => Assert.Equal(spans.Single(span => span.Kind == ActivityKind.Server).SpanId, step.ParentSpanId));
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_QueueFullAndWaiting_IsMeasured()
    {
        using var permits = new SemaphoreSlim(0);
        var model = new FakeMaskedTransformer { Permits = permits };
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation, maxQueue: 2, maxActive: 1);
        var meters = host.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        using var refusals = new MetricCollector<long>(meters, "Phenaki.ServiceDefaults", "phenaki.refusals");
        using var waits = new MetricCollector<double>(meters, ServingMetrics.MeterName, "phenaki.queue.wait");
        using var batches = new MetricCollector<int>(meters, ServingMetrics.MeterName, "phenaki.batch.size");
        using var first = Call(host, Requests.Valid());
        await model.Begun.Reader.ReadAsync(Cancellation);
        using var second = Call(host, Requests.Valid());
        while (Gauge(meters, "phenaki.queue.waiting") == 0)
        {
            await Task.Yield();
        }

        await FailAsync(host, Requests.Valid());
        Assert.Equal((2, 1, 2), (Gauge(meters, "phenaki.queue.depth"), Gauge(meters, "phenaki.queue.waiting"), Gauge(meters, "phenaki.queue.capacity")));
        var refusal = Assert.Single(refusals.GetMeasurementSnapshot());
        Assert.Equal((1L, "masked-transformer", "queue_full"), (refusal.Value, refusal.Tags["component"], refusal.Tags["reason"]));
        Assert.Single(waits.GetMeasurementSnapshot());

        permits.Release(1000);
        await first.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        await second.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(2, waits.GetMeasurementSnapshot().Count);
        Assert.Equal(8, batches.GetMeasurementSnapshot().Count);
        Assert.All(batches.GetMeasurementSnapshot(), batch => Assert.Equal(2, batch.Value));
    }

    [Fact(Timeout = 60_000)]
    public async Task SampleTokens_InteractiveAndBatchWait_InteractiveIsSampledFirst()
    {
        using var permits = new SemaphoreSlim(0);
        var model = new FakeMaskedTransformer { Permits = permits };
        await using var host = await MaskedTransformerHost.StartAsync(model, Cancellation, maxActive: 1);
        var engine = host.Services.GetRequiredService<Warmup<MaskedTransformerEngine>>().Value;
        List<AsyncServerStreamingCall<SampleTokensResponse>> calls = [];
        (Priority Priority, ulong Seed)[] wanted = [(Priority.Unspecified, 0), (Priority.Batch, 1), (Priority.Interactive, 2)];
        foreach (var (priority, seed) in wanted)
        {
            calls.Add(Call(host, Requests.With(r => (r.Priority, r.Seed) = (priority, seed))));
            while (engine.Active + engine.Waiting < calls.Count)
            {
                await Task.Yield();
            }
        }

        permits.Release(1000);
        foreach (var call in calls)
        {
            await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
            call.Dispose();
        }

        Assert.Equal([0UL, 2UL, 1UL], model.Requests.Select(request => request.Seed));
    }

    private static int Gauge(System.Diagnostics.Metrics.IMeterFactory meters, string name)
    {
        using var collector = new MetricCollector<int>(meters, ServingMetrics.MeterName, name);
        collector.RecordObservableInstruments();
        return collector.LastMeasurement!.Value;
    }

    private static AsyncServerStreamingCall<SampleTokensResponse> Call(ServiceHost host, SampleTokensRequest request, DateTime? deadline = null) =>
        new MaskedTransformerService.MaskedTransformerServiceClient(host.Channel).SampleTokens(request, deadline: deadline, cancellationToken: Cancellation);

    private static async Task<RpcException> FailAsync(ServiceHost host, SampleTokensRequest request, DateTime? deadline = null)
    {
        using var call = Call(host, request, deadline);
        return await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation));
    }
}
