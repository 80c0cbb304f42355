using Phenaki.Geometry;
using Phenaki.Trainer.Data;
using Phenaki.Trainer.StoryWorld;
using Phenaki.Trainer.Tests.Training;
using Phenaki.Trainer.Tokenizer;
using static TorchSharp.torch;

namespace Phenaki.Trainer.Tests.Tokenizer;

public sealed class TokenizerBatchesTests
{
    private const int Size = StoryWorldDataset.Size;
    private static readonly VideoGeometry Geometry = new(Size, Size, 8, 8, 2);

    [Fact]
    public async Task Load_SubjectAndFaintWeight_AddUpWhereTheArtIs()
    {
        var source = new StoryWorldSource(1, new WorldConfig());
        var batches = new TokenizerBatches(source, Geometry, clipFrames: 3, subjectWeight: 6, faintWeight: 2, CPU);
        var set = (await batches.ReadAsync(0, clips: 2, stills: 0, parts: 1, heldOut: false, TestContext.Current.CancellationToken))[0];
        using var batch = batches.Load(set);

        float[] weights = batch.Weights.data<float>().ToArray();
        Assert.Equal([2, 3, Size, Size, 1], batch.Weights.shape);
        Assert.True(batch.HasSubjects);
        for (int at = 0; at < weights.Length; at++)
        {
            var (clip, pixel) = (set.Clips[at / (3 * Size * Size)], at % (3 * Size * Size));
            var box = clip.SubjectBoxes![pixel / (Size * Size)];
            var (x, y) = (pixel % Size, pixel / Size % Size);
            bool inBox = x >= box.X && x < box.X + box.Width && y >= box.Y && y < box.Y + box.Height;
            Assert.Equal((inBox ? 6 : 1) + (2 * clip.Faintness![pixel]), weights[at], 1e-4);
        }
    }

    [Fact]
    public async Task Load_NoSubjectWeight_AllPixelsCountAlike()
    {
        var batches = new TokenizerBatches(new StoryWorldSource(1, new WorldConfig()), Geometry, clipFrames: 3, subjectWeight: 1, faintWeight: 0, CPU);
        using var batch = batches.Load((await batches.ReadAsync(0, 1, 0, 1, heldOut: false, TestContext.Current.CancellationToken))[0]);

        Assert.False(batch.HasSubjects);
        Assert.All(batch.Weights.data<float>().ToArray(), weight => Assert.Equal(1, weight));
    }

    [Fact]
    public void Violations_FaintWeightWhereSubjectsCountNoMore_IsNamed() =>
        Assert.Contains(
            "faint_weight is 2, but subject_weight 1: where subjects count no more than the rest, so does their art; allowed are a subject_weight above 1, or a faint_weight of 0",
            (TinyTraining.Tokenizer with { SubjectWeight = 1, FaintWeight = 2 }).Violations());
}
