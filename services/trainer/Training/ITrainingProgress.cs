namespace Phenaki.Trainer.Training;

/// <summary>Shows how far a training is.</summary>
internal interface ITrainingProgress
{
    /// <summary>Runs a training, shown meanwhile.</summary>
    /// <param name="train">Trains and tells <see cref="Show"/> every step.</param>
    Task RunAsync(Func<Task> train);

    /// <summary>Shows a step that is done.</summary>
    /// <param name="pace">How far and how fast.</param>
    /// <param name="isDue">True now and then, and at the last step: the means cover all steps since it was true before.</param>
    void Show(TrainingPace pace, bool isDue);

    /// <summary>Says something that happens once.</summary>
    void Say(string line);
}
