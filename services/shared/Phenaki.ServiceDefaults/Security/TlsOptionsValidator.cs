using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>Checks that the settings of TLS make sense together.</summary>
internal sealed class TlsOptionsValidator : IValidateOptions<TlsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TlsOptions options)
    {
        List<string> failures = [];
        Together(failures, TlsOptions.Section, options.CertificateFile, options.KeyFile);
        if (options.ClientCaFile.Length > 0 && !options.IsOn)
        {
            failures.Add($"{TlsOptions.Section}:ClientCaFile is set, but {TlsOptions.Section}:CertificateFile is not; callers can be asked for a certificate only over TLS.");
        }

        if (options.ClientNames.Length > 0 && options.ClientCaFile.Length == 0)
        {
            failures.Add($"{TlsOptions.Section}:ClientNames is set, but {TlsOptions.Section}:ClientCaFile is not; names are checked in certificates that an authority vouches for.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Adds a failure where only one of certificate and key is named.</summary>
    internal static void Together(List<string> failures, string section, string certificate, string key)
    {
        if (certificate.Length > 0 != key.Length > 0)
        {
            failures.Add($"{section}:{(key.Length > 0 ? "KeyFile" : "CertificateFile")} is set alone; a certificate needs its key, and a key its certificate.");
        }
    }
}
