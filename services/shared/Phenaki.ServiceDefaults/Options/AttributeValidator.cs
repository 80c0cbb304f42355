using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Options;

/// <summary>Checks every property that has a <see cref="ValidationAttribute"/>; each message names the setting, its value and what is allowed.</summary>
internal sealed class AttributeValidator<TOptions>(string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        List<string> failures = [];
        foreach (var property in typeof(TOptions).GetProperties())
        {
            var value = property.GetValue(options);
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>().Where(r => !r.IsValid(value)))
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"{section}:{property.Name} is {value ?? "not set"}; {Allowed(rule)}."));
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string Allowed(ValidationAttribute rule) => rule is RangeAttribute range
        ? string.Create(CultureInfo.InvariantCulture, $"allowed are {range.Minimum} to {range.Maximum}")
        : rule.ErrorMessage ?? rule.GetType().Name;
}
