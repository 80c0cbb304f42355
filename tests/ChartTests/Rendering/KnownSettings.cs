using System.Reflection;
using Phenaki.Orchestrator;
using Phenaki.ServiceDefaults.Hosting;

namespace Phenaki.ChartTests.Rendering;

/// <summary>
/// The settings that a service reads, as its code says: constants whose name ends in <c>Key</c>, and the properties of the classes that name their
/// <c>Section</c>.
/// </summary>
internal static class KnownSettings
{
    private static readonly Assembly[] Assemblies = [typeof(ServiceDefaultsExtensions).Assembly, typeof(OrchestratorOptions).Assembly];

    private static readonly Dictionary<string, HashSet<string>> ByService = MeshService.All.ToDictionary(service => service.Name, Find);

    /// <summary>Settings of one service: as in Listen, or TextEncoder:MaxQueue.</summary>
    public static IReadOnlySet<string> Of(MeshService service) => ByService[service.Name];

    private static HashSet<string> Find(MeshService service)
    {
        var types = (service.Name == "orchestrator" ? Assemblies : Assemblies[..1]).SelectMany(assembly => assembly.GetTypes()).Append(service.Options).ToArray();
        return types.SelectMany(Keys).Concat(types.SelectMany(Options)).ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Keys(Type type) =>
        from field in Constants(type)
        where field.Name.EndsWith("Key", StringComparison.Ordinal)
        select (string)field.GetRawConstantValue()!;

    private static IEnumerable<string> Options(Type type) =>
        from field in Constants(type)
        where field.Name == "Section"
        from property in type.GetProperties()
        where property.CanWrite
        select $"{field.GetRawConstantValue()}:{property.Name}";

    private static IEnumerable<FieldInfo> Constants(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Where(f => f.IsLiteral && f.FieldType == typeof(string));
}
