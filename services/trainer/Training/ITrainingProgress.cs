namespace Phenaki.Trainer.Training;

/// <summary>Shows how far a training is.</summary>
internal interface ITrainingProgress
{
    /// <summary>Runs a training, shown meanwhile.</summary>
    /// <param name="train">Trains and tells <see cref="Show"/> every step.</param>
    Task RunAsync(Func<Task> train);

    /// <summary>Shows a step that is done.</summary>
    void Show(TrainingPace pace);

    /// <summary>Says something that happens once.</summary>
    void Say(string line);
}
