using System.Globalization;
using Google.Rpc;
using Grpc.Core;
using HttpResponse = Microsoft.AspNetCore.Http.HttpResponse;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>The part of an error that HTTP has headers for.</summary>
public static class HttpRefusal
{
    /// <summary>Sets <c>Retry-After</c>, in whole seconds, where the error says when to ask again, and <c>WWW-Authenticate</c> where a key is wanted.</summary>
    /// <param name="response">Of which nothing has been sent yet.</param>
    /// <param name="refusal">The error.</param>
    public static void SetHeaders(HttpResponse response, RpcException refusal)
    {
        if (refusal.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay is { } delay)
        {
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(delay.ToTimeSpan().TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (refusal.StatusCode == StatusCode.Unauthenticated)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }
    }
}
