namespace Phenaki.Cli.Hosting;

/// <summary>How the four services are hosted in this process.</summary>
internal sealed record MeshOptions
{
    /// <summary>The model.</summary>
    public required ModelParts Parts { get; init; }

    /// <summary>Where it runs: cpu, cuda, cuda:N or auto.</summary>
    public required string Device { get; init; }

    /// <summary>The cache.</summary>
    public required CacheChoice Cache { get; init; }

    /// <summary>Which stories it keeps.</summary>
    public StoryKeeping Stories { get; init; }

    /// <summary>URL to listen at, as in <c>http://127.0.0.1:5100</c>; null for inside this process alone.</summary>
    public string? Listen { get; init; }

    /// <summary>URL to listen at for HTTP/1.1, as in <c>http://127.0.0.1:5180</c>; null for none.</summary>
    public string? HttpListen { get; init; }

    /// <summary>What is logged to standard error.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Error;
}
