using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Draining;
using Phenaki.ServiceDefaults.Security;
using Phenaki.ServiceDefaults.Telemetry;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>The command line of a service: <c>--option value</c> or <c>--option=value</c>, checked before the configuration takes it.</summary>
internal static class ServiceCommandLine
{
    // Sections that may be set by the full names of their settings.
    private static readonly string[] OpenSections = ["Kestrel", "Logging", "Tls", "Mesh", "Limits", "ApiKeys", "Stories", "Videos", TelemetrySettings.Section];

    /// <summary>Options by their switches, each with the configuration key that it sets.</summary>
    public static SortedDictionary<string, string> Switches(ServiceDescription service)
    {
        var switches = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["--listen"] = ServiceDefaultsExtensions.ListenKey,
            ["--metrics-port"] = TelemetrySettings.MetricsPortKey,
            ["--health-listen"] = ServiceDefaultsExtensions.HealthListenKey,
            ["--drain-seconds"] = DrainOptions.GraceKey,
            ["--drain-delay-seconds"] = DrainOptions.DelayKey,
            ["--reflection"] = ServiceDefaultsExtensions.ReflectionKey,
            ["--file-reload-interval"] = FileReload.Key,
        };
        if (service.HasHttp)
        {
            switches["--http-listen"] = HttpExtensions.ListenKey;
        }

        foreach (var property in Settable(service))
        {
            switches[Switch(property)] = $"{service.Section}:{property.Name}";
        }

        return switches;
    }

    /// <summary>True when help is asked for.</summary>
    public static bool IsHelp(IEnumerable<string> args) => args.Any(a => a is "--help" or "-h" or "-?");

    /// <summary>What <c>--help</c> shows.</summary>
    public static string Help(ServiceDescription service)
    {
        var defaults = Activator.CreateInstance(service.Options);
        var text = new StringBuilder().AppendLine($"The Phenaki service {service.Name}. Options, each also as a setting or an environment variable:");
        foreach (var (name, key) in Switches(service))
        {
            text.Append("  ").Append(name.PadRight(28)).Append($"{key}, PHENAKI_{key.Replace(":", "__", StringComparison.Ordinal)}");
            if (Settable(service).FirstOrDefault(p => Switch(p) == name) is { } property)
            {
                text.Append($"; default {property.GetValue(defaults) ?? "none"}");
                if (property.GetCustomAttribute<RangeAttribute>() is { } range)
                {
                    text.Append($", {range.Minimum} to {range.Maximum}");
                }
            }

            text.AppendLine();
        }

        return text.AppendLine($"  {HealthProbe.Verb,-28}asks the one that runs with these settings: exit code 0 when it serves, 1 when it does not").ToString();
    }

    /// <summary>Refuses what would otherwise be ignored: a misspelt option, a word that belongs to none, an option without its value.</summary>
    /// <exception cref="OptionsValidationException">An argument is none of the service's.</exception>
    public static void Check(ServiceDescription service, IReadOnlyList<string> args)
    {
        var switches = Switches(service);
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (!switches.ContainsKey(name) && !IsFullName(service, name))
            {
                throw Usage(service, $"There is no option '{name}'. Options are {string.Join(", ", switches.Keys)}.");
            }

            if (equals < 0 && (++i == args.Count || args[i].StartsWith("--", StringComparison.Ordinal)))
            {
                throw Usage(service, $"{name} needs a value, as in '{name} VALUE'.");
            }
        }
    }

    private static OptionsValidationException Usage(ServiceDescription service, string message) => new(service.Name, service.Options, [message]);

    private static bool IsFullName(ServiceDescription service, string name) =>
        name.StartsWith("--", StringComparison.Ordinal) && OpenSections.Append(service.Section).Any(s => name.StartsWith($"--{s}:", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<PropertyInfo> Settable(ServiceDescription service) => service.Options.GetProperties().Where(p => p.CanWrite);

    private static string Switch(PropertyInfo property) => "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(property.Name);
}
