using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Phenaki.Testing.Services;
using Phenaki.TextEncoder.Encoding;
using Phenaki.TextEncoder.V1;

namespace Phenaki.TextEncoder.Tests;

/// <summary>The service in memory, with a fake model or one from a folder.</summary>
internal static class TextEncoderHost
{
    public static async Task<ServiceHost> StartAsync(FakeTextEncoder model, CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        var host = await StartAsync(_ => model, cancellationToken, settings);
        return await host.ReadyAsync(cancellationToken);
    }

    public static Task<ServiceHost> StartAsync(
        Func<TextEncoderOptions, ITextEncoder>? load, CancellationToken cancellationToken, params (string Key, string Value)[] settings) => ServiceHost.StartAsync(
            builder =>
            {
                if (load is not null)
                {
                    builder.Services.AddSingleton(load);
                }

                builder.AddTextEncoder();
            },
            app => app.MapTextEncoder(),
            settings.Append(("Device", "cpu")).ToDictionary(s => $"TextEncoder:{s.Item1}", s => (string?)s.Item2),
            cancellationToken);

    public static TextEncoderService.TextEncoderServiceClient Client(this ServiceHost host) => new(host.Channel);

    /// <summary>Sends all prompts, then reads all answers, by id.</summary>
    public static async Task<Dictionary<string, EncodePromptsResponse>> EncodeAsync(
        this ServiceHost host, CancellationToken cancellationToken, params IReadOnlyList<EncodePromptsRequest> prompts)
    {
        using var call = host.Client().EncodePrompts(cancellationToken: cancellationToken);
        var answers = call.ResponseStream.ReadAllAsync(cancellationToken).ToDictionaryAsync(r => r.Id, cancellationToken: cancellationToken).AsTask();
        foreach (var prompt in prompts)
        {
            await call.RequestStream.WriteAsync(prompt, cancellationToken);
        }

        await call.RequestStream.CompleteAsync();
        return await answers;
    }

    /// <summary>As <see cref="EncodeAsync"/>, for a stream that is refused.</summary>
    public static async Task<RpcException> FailAsync(this ServiceHost host, CancellationToken cancellationToken, params IReadOnlyList<EncodePromptsRequest> prompts)
    {
        using var call = host.Client().EncodePrompts(cancellationToken: cancellationToken);
        try
        {
            foreach (var prompt in prompts)
            {
                await call.RequestStream.WriteAsync(prompt, cancellationToken);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
            // The refusal may come while prompts are still being sent; reading tells it.
        }

        return await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAllAsync(cancellationToken).ToListAsync(cancellationToken));
    }
}
