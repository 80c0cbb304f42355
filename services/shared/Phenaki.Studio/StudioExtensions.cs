using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Phenaki.Studio;

/// <summary>Serves the studio: the page in which stories are written, watched and directed.</summary>
public static class StudioExtensions
{
    /// <summary>Path of the page.</summary>
    public const string Path = "/studio";

    // Nothing from elsewhere, nothing written into the page, nobody around it. Styles that scripts set on elements are no inline styles.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>
    /// Maps the page at <see cref="Path"/>, and sends those who come to the root there. It holds no secrets, asks for no key, and calls the story
    /// service over HTTP from the browser: the host must serve that too, at the same address.
    /// </summary>
    public static WebApplication MapStudio(this WebApplication app)
    {
        var files = new ManifestEmbeddedFileProvider(typeof(StudioExtensions).Assembly, "page");
        app.Map(Path, studio =>
        {
            studio.Use((context, next) =>
            {
                Protect(context.Response.Headers);

                // Routing takes two segments for a gRPC call with the wrong verb, and files are not looked for where it has found something.
                context.SetEndpoint(null);
                return next(context);
            });
            studio.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files, RedirectToAppendTrailingSlash = true });
            studio.UseStaticFiles(new StaticFileOptions { FileProvider = files, ContentTypeProvider = Types() });
            studio.Run(context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        });
        app.MapGet("/", () => TypedResults.Redirect($"{Path}/")).ExcludeFromDescription();
        return app;
    }

    private static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";

        // Asked for again each time, and answered with 304 where it is the same: a new version of the server is a new version of the page.
        headers[HeaderNames.CacheControl] = "no-cache";
    }

    private static FileExtensionContentTypeProvider Types() => new(new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
    });
}
