namespace Phenaki.Cli.Hosting;

/// <summary>Which stories a process keeps that outlive the call which has them made.</summary>
internal enum StoryKeeping
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of this process, and no longer than it lives.</summary>
    Process,

    /// <summary>Those of its cache, which the next process goes on with.</summary>
    Cache,
}
