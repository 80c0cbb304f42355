namespace Phenaki.Orchestrator.ApiKeys;

/// <summary>Who may call the orchestrator: section <c>ApiKeys</c> of the configuration.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "ApiKeys";

    /// <summary>
    /// JSON file with the hashes of the keys (<see cref="ApiKeyFile"/>), read again when it changes; default empty: whoever reaches the port may
    /// call. Keys travel with every call: use TLS.
    /// </summary>
    public string File { get; set; } = "";
}
