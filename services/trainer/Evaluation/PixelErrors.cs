using Phenaki.Models;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Evaluation;

/// <summary>Adds up squared errors of pixels, so that the mean is over all pixels of all clips.</summary>
internal sealed class PixelErrors
{
    private double _all;
    private double _allCount;
    private double _subject;
    private double _subjectCount;

    /// <summary>Peak signal-to-noise ratio over all pixels, dB; values lie in -1 to 1, so the peak is 2.</summary>
    public double Psnr => 10 * Math.Log10(4 * _allCount / _all);

    /// <summary>The same inside the subjects' boxes.</summary>
    public double PsnrSubject => 10 * Math.Log10(4 * _subjectCount / _subject);

    /// <summary>Whether any pixel lay inside a subject's box.</summary>
    public bool HasSubjects => _subjectCount > 0;

    /// <summary>Adds a batch.</summary>
    /// <param name="difference">Shape [batch, frames, height, width, 3].</param>
    /// <param name="subject">Shape [batch, frames, height, width, 1], true inside the subject's box; null where no subject is known.</param>
    public void Add(Tensor difference, Tensor? subject)
    {
        var square = difference.Squared().mean([-1], keepdim: true);
        _all += square.sum().item<float>();
        _allCount += square.numel();
        if (subject is not null)
        {
            _subject += square.masked_select(subject).sum().item<float>();
            _subjectCount += subject.sum().item<long>();
        }
    }
}
