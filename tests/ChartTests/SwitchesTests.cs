using Phenaki.ChartTests.Rendering;

namespace Phenaki.ChartTests;

/// <summary>The combinations that all other tests look at hold what they promise.</summary>
public sealed class SwitchesTests
{
    [Fact]
    public void All_FirstFive_AreCombinedInEveryWay() =>
        Assert.Equal(4 * 3 * 3 * 3 * 2, Switches.All.Select(s => (s.Tls, OneExternal(s.Redis), s.Scaling, OneVolume(s.Models), s.NetworkPolicy)).Distinct().Count());

    [Fact]
    public void All_EveryTwoSwitches_MeetInEverySetting()
    {
        var properties = typeof(Switches).GetProperties().Where(p => p.PropertyType.IsEnum || p.PropertyType == typeof(bool)).ToArray();
        Assert.Equal(10, properties.Length);
        Assert.Empty(
            from first in properties
            from second in properties
            where string.CompareOrdinal(first.Name, second.Name) < 0
            let met = Switches.All.Select(s => (first.GetValue(s), second.GetValue(s))).Distinct().Count()
            where met != Settings(first.PropertyType) * Settings(second.PropertyType)
            select $"{first.Name} and {second.Name} meet in {met} ways");
    }

    private static RedisSwitch OneExternal(RedisSwitch redis) => redis == RedisSwitch.ExternalSecret ? RedisSwitch.ExternalAddress : redis;

    private static ModelsSwitch OneVolume(ModelsSwitch models) => models == ModelsSwitch.CheckedVolume ? ModelsSwitch.Volume : models;

    private static int Settings(Type type) => type == typeof(bool) ? 2 : Enum.GetValues(type).Length;
}
