using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Phenaki.ServiceDefaults.Errors;

/// <summary>
/// Refuses what a page of another site has a browser send: a service on a person's own machine needs no key, and a form is sent to any address
/// without asking. Programs, which say nothing of sites, are let through.
/// </summary>
internal static class CrossSiteRequests
{
    /// <summary>Answers a request, or refuses it.</summary>
    public static Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || !IsCrossSite(request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsJsonAsync(
            new { code = (int)StatusCode.PermissionDenied, message = "The request comes from a page of another site.", details = Array.Empty<object>() },
            JsonSerializerOptions.Web,
            context.RequestAborted);
    }

    // The browser's own word where it gives one, which it does only over TLS and to the same machine; else the site that the page is of.
    private static bool IsCrossSite(HttpRequest request) => (string?)request.Headers["Sec-Fetch-Site"] is { } site
        ? site is not ("same-origin" or "none")
        : (string?)request.Headers.Origin is { } origin && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);
}
