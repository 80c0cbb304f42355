namespace Phenaki.Trainer.Evaluation;

/// <summary>What was measured of a model.</summary>
/// <param name="Clips">Clips of each kind that it was measured on.</param>
/// <param name="Psnr">Peak signal-to-noise ratio of reconstructed clips, dB.</param>
/// <param name="PsnrSubject">The same inside the subject's box, dB.</param>
/// <param name="PsnrStill">The same of still images, dB.</param>
/// <param name="CodesUsed">Codes that the clips used, of all codes.</param>
/// <param name="Codes">All codes.</param>
/// <param name="LossTrained">Cross-entropy of masked tokens on combinations that were in training, nats.</param>
/// <param name="LossHeldOut">The same on combinations that were never in training, nats.</param>
internal sealed record ModelFigures(
    int Clips, double Psnr, double PsnrSubject, double PsnrStill, long CodesUsed, int Codes, double LossTrained, double LossHeldOut);
