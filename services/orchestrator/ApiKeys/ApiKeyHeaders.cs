namespace Phenaki.Orchestrator.ApiKeys;

/// <summary>Where a call has its key.</summary>
internal static class ApiKeyHeaders
{
    private const string Bearer = "Bearer ";

    /// <summary>The key in <c>authorization: Bearer KEY</c>, else in <c>x-api-key: KEY</c>; null where there is none.</summary>
    /// <param name="header">The text of a header; null where there is none.</param>
    public static string? Read(Func<string, string?> header) =>
        header("authorization") is { } authorization && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : header("x-api-key")?.Trim();
}
