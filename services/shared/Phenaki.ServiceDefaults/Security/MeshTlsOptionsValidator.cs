using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Security;

/// <summary>Checks that the settings of TLS towards other services make sense together.</summary>
internal sealed class MeshTlsOptionsValidator : IValidateOptions<MeshTlsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MeshTlsOptions options)
    {
        List<string> failures = [];
        TlsOptionsValidator.Together(failures, MeshTlsOptions.Section, options.CertificateFile, options.KeyFile);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
