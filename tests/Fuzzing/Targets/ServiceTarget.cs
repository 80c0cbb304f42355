using System.Net;
using System.Security.Cryptography;
using Grpc.Core;
using Phenaki.Fuzzing.Mutations;
using Phenaki.Testing.Services;

namespace Phenaki.Fuzzing.Targets;

/// <summary>A service: calls are damaged on the wire, so that also what no client can be made to send arrives.</summary>
/// <param name="host">The host that has it.</param>
internal abstract class ServiceTarget(Func<FuzzedMesh, ServiceHost> host) : FuzzTarget
{
    // A good call may go on for hours; when so much has come it is broken off, as by a client that has seen enough.
    private const int EnoughBytes = 8 * 1024;

    // What a client can be at fault for, or has asked for by a short deadline.
    private static readonly StatusCode[] Allowed =
        [StatusCode.OK, StatusCode.InvalidArgument, StatusCode.DeadlineExceeded, StatusCode.ResourceExhausted, StatusCode.Cancelled];

    private FuzzedMesh? _mesh;
    private RawCall? _raw;
    private string _expected = "";

    /// <summary>Good calls; the first is also what the service must still answer, with the same bytes, after all damaged ones.</summary>
    protected abstract IReadOnlyList<CallScript> Scripts { get; }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _mesh = await FuzzedMesh.StartAsync(cancellationToken);
        _raw = new RawCall(host(_mesh).Handler());
        _expected = await AnswerAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<string> RunAsync(Random random, CancellationToken cancellationToken)
    {
        var script = Scripts[random.Next(Scripts.Count)];
        var (body, headers) = script.Damaged(random);
        RawAnswer answer;
        try
        {
            answer = await _raw!.SendAsync(script.Method, body, headers, EnoughBytes, cancellationToken);
        }
        catch (Exception exception) when (headers.ContainsKey("grpc-timeout") && exception is not OperationCanceledException)
        {
            // After the status the service resets the stream, which the transport in memory tells as an exception of its own.
            return "reset at its deadline";
        }

        if (answer.Http != HttpStatusCode.OK)
        {
            return $"HTTP {answer.Http}";
        }

        if (answer.Code is not { } code)
        {
            return "broken off, enough had come";
        }

        // Only another encoding than ours is not implemented.
        return Allowed.Contains(code) || (code == StatusCode.Unimplemented && headers.ContainsKey("grpc-encoding"))
            ? code.ToString()
            : throw new FuzzFindingException($"{script.Method} answered {code}: {answer.Message}");
    }

    /// <inheritdoc/>
    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (await AnswerAsync(cancellationToken) != _expected)
        {
            throw new FuzzFindingException($"{Scripts[0].Method} has another answer than in the beginning");
        }

        if (_mesh!.TakeErrors() is { Count: > 0 } errors)
        {
            throw new FuzzFindingException($"logged as an error: {string.Join('\n', errors)}");
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _raw?.Dispose();
        if (_mesh is not null)
        {
            await _mesh.DisposeAsync();
        }
    }

    /// <summary>The bytes of an answer that are the same for the same call.</summary>
    protected virtual IEnumerable<ReadOnlyMemory<byte>> Lasting(byte[] body) => [body];

    private async Task<string> AnswerAsync(CancellationToken cancellationToken)
    {
        var answer = await _raw!.SendAsync(Scripts[0].Method, Scripts[0].Body(), headers: null, long.MaxValue, cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in Lasting(answer.Body))
        {
            hash.AppendData(part.Span);
        }

        return answer.Code == StatusCode.OK
            ? Convert.ToHexString(hash.GetHashAndReset())
            : throw new FuzzFindingException($"{Scripts[0].Method} answered a good call with {answer.Code}: {answer.Message}");
    }
}
