using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Phenaki.Contracts;
using Phenaki.MaskedTransformer.V1;
using Phenaki.Testing.Mesh;

namespace Phenaki.Benchmarks.Load;

/// <summary>The masked transformer with the shipped model in a process of its own, and clients of it.</summary>
internal sealed class TransformerProcess : IAsyncDisposable
{
    /// <summary>Places for clips, waiting ones included.</summary>
    public const int MaxQueue = 8;
    private const int TextTokens = 12;
    private readonly ServiceProcess _service = new(
        "masked-transformer", "Phenaki.MaskedTransformer", "is ready", "--device", "cpu", "--max-queue", $"{MaxQueue}")
    {
        Environment = new Dictionary<string, string> { ["OMP_NUM_THREADS"] = $"{Environment.ProcessorCount}" },
    };

    private GrpcChannel? _channel;
    private MaskedTransformerService.MaskedTransformerServiceClient? _client;
    private GetModelResponse? _model;

    /// <summary>Starts it and waits until it serves.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _service.Start();
        await _service.ReadyAsync(cancellationToken);
        _channel = GrpcChannel.ForAddress(_service.Address);
        _client = new(_channel);
        _model = await _client.GetModelAsync(new(), cancellationToken: cancellationToken);
    }

    /// <summary>Resident memory of the process, bytes.</summary>
    public long ResidentBytes => _service.ResidentBytes;

    /// <summary>A gauge of the process, as Prometheus sees it.</summary>
    /// <param name="name">Name of the metric.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<double> GaugeAsync(string name, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        string text = await http.GetStringAsync(_service.Metrics, cancellationToken);
        string line = text.Split('\n').First(one => one.StartsWith(name + "{", StringComparison.Ordinal) || one.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], null);
    }

    /// <summary>Has a clip sampled.</summary>
    /// <param name="seed">Its seed.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Seconds, and whether it was refused.</returns>
    public async Task<(double Seconds, bool Refused)> ClipAsync(ulong seed, uint steps, CancellationToken cancellationToken)
    {
        var model = _model!;
        float[] text = [.. Enumerable.Range(0, TextTokens * (int)model.TextWidth).Select(i => MathF.Sin(i + (float)seed))];
        var request = new SampleTokensRequest
        {
            TextEmbedding = WireTensor.FromFloats(text, Common.V1.DataType.Float32, TextTokens, (int)model.TextWidth),
            Grid = model.MaxGrid,
            Sampling = new() { Steps = steps },
            Seed = seed,
        };
        long start = Stopwatch.GetTimestamp();
        try
        {
            using var call = _client!.SampleTokens(request, cancellationToken: cancellationToken);
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
            }

            return (Stopwatch.GetElapsedTime(start).TotalSeconds, false);
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.ResourceExhausted)
        {
            return (Stopwatch.GetElapsedTime(start).TotalSeconds, true);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        await _service.DisposeAsync();
    }
}
