using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.V1;

namespace Phenaki.ServiceDefaults.Tests;

/// <summary>Bytes that are no message are the client's fault, wherever in a call they come.</summary>
public sealed class UnreadableRequestsTests
{
    private const string Unary = "/phenaki.text_encoder.v1.TextEncoderService/GetModel";
    private const string Streaming = "/phenaki.text_encoder.v1.TextEncoderService/EncodePrompts";

    // Field 1, length 100, and then nothing of the hundred bytes.
    private static readonly byte[] NoMessage = [0x0A, 100];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, byte[]> Table { get; } = new()
    {
        { "no message", Unary, RawCall.Frame(NoMessage) },
        { "no message in a stream", Streaming, RawCall.Frame(NoMessage) },
        { "no message after a good one", Streaming, [.. RawCall.Frame(new EncodePromptsRequest { Id = "1" }.ToByteArray()), .. RawCall.Frame(NoMessage)] },
        { "frame that ends early", Unary, RawCall.Frame(new byte[50])[..20] },
        { "frame that ends early in a stream", Streaming, RawCall.Frame(new byte[50])[..20] },
        { "frame of more than 2 GiB", Unary, [0, 0xFA, 0, 0, 1, 1] },
        { "frame of more than 2 GiB in a stream", Streaming, [0, 0x80, 0, 0, 0, 1] },
        { "two messages for one", Unary, [.. RawCall.Frame([]), .. RawCall.Frame([])] },
        { "nothing", Unary, [] },
        { "packed without saying how", Unary, RawCall.Frame([], compressed: true) },
        { "packed without saying how in a stream", Streaming, RawCall.Frame([], compressed: true) },
        { "flag that does not exist", Unary, [7, 0, 0, 0, 0] },
        { "flag that does not exist in a stream", Streaming, [7, 0, 0, 0, 0] },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Table), DisableDiscoveryEnumeration = true)]
    public async Task Call_ThatCannotBeRead_IsInvalid(string what, string method, byte[] body)
    {
        await using var host = await StartAsync();
        using var raw = new RawCall(host.Handler());

        var answer = await raw.SendAsync(method, body, headers: null, long.MaxValue, Cancellation);

        Assert.True(answer.Code == StatusCode.InvalidArgument, $"{what}: {answer}");
        Assert.Contains("cannot be read", answer.Violations().Single().Description, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.GetSnapshot(), record => record.Level >= LogLevel.Error);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Unary)]
    [InlineData(Streaming)]
    public async Task Call_PackedMessageThatUnpacksToHundredsOfMegabytes_IsRefusedBeforeItIsUnpacked(string method)
    {
        await using var host = await StartAsync();
        using var raw = new RawCall(host.Handler());
        var bomb = RawCall.Frame(Packed(megabytes: 512), compressed: true);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var answer = await raw.SendAsync(
            method, bomb, new Dictionary<string, string> { ["grpc-encoding"] = "gzip" }, long.MaxValue, Cancellation);

        Assert.Equal(StatusCode.ResourceExhausted, answer.Code);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 256 << 20);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Unary)]
    [InlineData(Streaming)]
    public async Task Call_PackedWrongly_IsInvalid(string method)
    {
        await using var host = await StartAsync();
        using var raw = new RawCall(host.Handler());
        var damaged = Packed(megabytes: 1);
        damaged.AsSpan(10).Fill(0xFF);

        var answer = await raw.SendAsync(
            method, RawCall.Frame(damaged, compressed: true), new Dictionary<string, string> { ["grpc-encoding"] = "gzip" }, long.MaxValue, Cancellation);

        Assert.Equal(StatusCode.InvalidArgument, answer.Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_PackedAsGrpcAllows_IsAnswered()
    {
        await using var host = await StartAsync();
        var options = new CallOptions([new("grpc-internal-encoding-request", "gzip")], cancellationToken: Cancellation);

        var answer = await new TextEncoderService.TextEncoderServiceClient(host.Channel).GetModelAsync(new(), options);

        Assert.Equal(7u, answer.Width);
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_WithABug_StaysInternal()
    {
        await using var host = await StartAsync(_ => throw new InvalidOperationException("a bug"));
        using var raw = new RawCall(host.Handler());

        var answer = await raw.SendAsync(Unary, RawCall.Frame([]), headers: null, long.MaxValue, Cancellation);

        Assert.Equal(StatusCode.Internal, answer.Code);
    }

    private static byte[] Packed(int megabytes)
    {
        var zeros = new byte[1 << 20];
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            for (var i = 0; i < megabytes; i++)
            {
                gzip.Write(zeros);
            }
        }

        return packed.ToArray();
    }

    private static Task<ServiceHost> StartAsync(Func<ServerCallContext, Task<GetModelResponse>>? getModel = null)
    {
        var behaviour = new ProbeService.Behaviour
        {
            GetModel = getModel ?? (_ => Task.FromResult(new GetModelResponse { Width = 7 })),
            EncodePrompts = async (requests, _, context) =>
            {
                while (await requests.MoveNext(context.CancellationToken))
                {
                }
            },
        };
        return ServiceHost.StartAsync(
            builder => builder.Services.AddSingleton(behaviour), app => app.MapGrpcService<ProbeService>(), settings: null, Cancellation);
    }
}
