using Phenaki.Common.V1;

namespace Phenaki.Contracts;

/// <summary>Reads the priority of a request.</summary>
public static class WirePriority
{
    /// <summary>Reports a number that is no priority.</summary>
    /// <param name="priority">As on the wire.</param>
    /// <param name="field">Name of the field.</param>
    /// <param name="report">Takes field and message.</param>
    public static void Check(Priority priority, string field, Action<string, string> report)
    {
        if (!Enum.IsDefined(priority))
        {
            report(field, $"is {(int)priority}; allowed are 0 (unspecified), 1 (interactive) and 2 (batch).");
        }
    }
}
