using Google.Protobuf;
using Microsoft.OpenApi.Models;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Phenaki.Orchestrator.OpenApi;

/// <summary>Numbers of 64 bits in messages are text, as proto3's JSON has it.</summary>
internal sealed class LongNumbersAsText : ISchemaFilter
{
    private const string Long = "int64";

    /// <inheritdoc/>
    public void Apply(OpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema.Format == Long && context.MemberInfo?.DeclaringType is { } message && message.IsAssignableTo(typeof(IMessage)))
        {
            schema.Type = "string";
        }
    }
}
