namespace Phenaki.ServiceDefaults.Telemetry;

/// <summary>The two halves of a gRPC path such as <c>/phenaki.story.v1.StoryService/GenerateStory</c>.</summary>
/// <param name="Service">Full name of the service.</param>
/// <param name="Method">Name of the method.</param>
internal readonly record struct GrpcMethod(string Service, string Method)
{
    /// <summary>True for a service of this repository; false for health, reflection and whatever else clients ask for.</summary>
    public bool IsOurs => Service.StartsWith("phenaki.", StringComparison.Ordinal);

    /// <summary>Cuts a path.</summary>
    public static GrpcMethod Of(string path)
    {
        var name = path.AsSpan().TrimStart('/');
        var slash = name.LastIndexOf('/');
        return slash < 0 ? new(name.ToString(), "") : new(name[..slash].ToString(), name[(slash + 1)..].ToString());
    }

    /// <summary>As OpenTelemetry names spans of calls: <c>phenaki.story.v1.StoryService/GenerateStory</c>.</summary>
    public override string ToString() => $"{Service}/{Method}";
}
