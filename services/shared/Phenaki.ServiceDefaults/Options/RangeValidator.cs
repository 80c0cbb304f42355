using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Options;

/// <summary>Checks every property that has a <see cref="RangeAttribute"/>; each message names the setting, its value and what is allowed.</summary>
internal sealed class RangeValidator<TOptions>(string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        List<string> failures = [];
        foreach (var property in typeof(TOptions).GetProperties())
        {
            var value = property.GetValue(options);
            if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(value))
            {
                failures.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{section}:{property.Name} is {value}; allowed are {range.Minimum} to {range.Maximum}."));
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
