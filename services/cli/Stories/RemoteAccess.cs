using Phenaki.ServiceDefaults.Security;

namespace Phenaki.Cli.Stories;

/// <summary>Services that run elsewhere, and what they want to be shown.</summary>
/// <param name="Address">An http or https URL.</param>
/// <param name="Files">Certificates.</param>
/// <param name="ApiKey">Key of the caller; null for none.</param>
internal sealed record RemoteAccess(Uri Address, PemFiles Files, string? ApiKey)
{
    /// <summary>Names the place, and not the key.</summary>
    public override string ToString() => Address.ToString();
}
