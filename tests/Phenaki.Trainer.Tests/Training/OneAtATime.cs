namespace Phenaki.Trainer.Tests.Training;

/// <summary>Random weights are drawn from a generator of the whole process: tests that compare two trainings must not draw at the same time.</summary>
[CollectionDefinition(Name)]
public sealed class OneAtATime
{
    public const string Name = "one training at a time";
}
