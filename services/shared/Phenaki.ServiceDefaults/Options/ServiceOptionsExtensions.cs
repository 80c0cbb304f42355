using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Phenaki.ServiceDefaults.Options;

/// <summary>Options of a service, from its section of the configuration.</summary>
public static class ServiceOptionsExtensions
{
    /// <summary>
    /// Binds <typeparamref name="TOptions"/> to <paramref name="section"/> and validates it at start: a setting that does not exist, a value of the
    /// wrong type and a value that an attribute of its property refuses end the process with exit code 2.
    /// </summary>
    public static OptionsBuilder<TOptions> AddServiceOptions<TOptions>(this IServiceCollection services, IConfigurationSection section)
        where TOptions : class
    {
        services.AddSingleton<IValidateOptions<TOptions>>(new AttributeValidator<TOptions>(section.Path));
        return services.AddOptions<TOptions>().Configure(options => Bind(section, options)).ValidateOnStart();
    }

    private static void Bind<TOptions>(IConfigurationSection section, TOptions options)
        where TOptions : class
    {
        var known = typeof(TOptions).GetProperties().Where(p => p.CanWrite).Select(p => p.Name).ToArray();
        var unknown = section.GetChildren().Select(c => c.Key).Except(known, StringComparer.OrdinalIgnoreCase).ToArray();
        if (unknown.Length > 0)
        {
            throw new OptionsValidationException(
                section.Path, typeof(TOptions), unknown.Select(u => $"There is no setting {section.Path}:{u}; settings are {string.Join(", ", known)}."));
        }

        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException exception)
        {
            throw new OptionsValidationException(section.Path, typeof(TOptions), [exception.Message]);
        }
    }
}
