using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi.Models;
using Phenaki.Orchestrator.Videos;
using Phenaki.Story.V1;
using Swashbuckle.AspNetCore.Swagger;

namespace Phenaki.Orchestrator.OpenApi;

/// <summary>The OpenAPI document of all that is served over HTTP: the story service, as its contract has it, and the videos API.</summary>
internal static class OpenApiExtensions
{
    /// <summary>Where the document is.</summary>
    public const string Path = "/openapi/v1.json";

    private const string Name = "v1";
    private const string KeyScheme = "key";

    /// <summary>Adds what writes the document.</summary>
    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddGrpcSwagger();
        services.Configure<JsonOptions>(json => VideoJson.Apply(json.JsonSerializerOptions));
        services.AddSwaggerGen(document =>
        {
            document.SwaggerDoc(Name, new()
            {
                Title = "Phenaki",
                Version = typeof(OpenApiExtensions).Assembly.GetName().Version?.ToString(3),
                Description = "Stories, prompts that change over time, made into videos. Streams are one JSON object a line.",
            });
            document.AddSecurityDefinition(KeyScheme, new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key, where the service asks for one." });
            document.AddSecurityRequirement(new()
            {
                [new() { Reference = new() { Type = ReferenceType.SecurityScheme, Id = KeyScheme } }] = [],
            });
            document.SchemaFilter<LongNumbersAsText>();
            document.IncludeXmlComments(typeof(OpenApiExtensions).Assembly);
            document.IncludeXmlComments(typeof(StoryService).Assembly);
            document.IncludeGrpcXmlComments(System.IO.Path.ChangeExtension(typeof(StoryService).Assembly.Location, ".xml"));
        });
        return services;
    }

    /// <summary>Serves the document, which is written when it is first asked for. It needs no key: it tells nothing of anybody.</summary>
    public static void MapOpenApiDocument(this IEndpointRouteBuilder endpoints)
    {
        var document = new Lazy<string>(() =>
        {
            using var scope = endpoints.ServiceProvider.CreateScope();
            using var text = new StringWriter(CultureInfo.InvariantCulture);
            scope.ServiceProvider.GetRequiredService<ISwaggerProvider>().GetSwagger(Name).SerializeAsV3(new Microsoft.OpenApi.Writers.OpenApiJsonWriter(text));
            return text.ToString();
        });
        endpoints.MapGet(Path, () => Results.Text(document.Value, "application/json")).ExcludeFromDescription();
    }
}
