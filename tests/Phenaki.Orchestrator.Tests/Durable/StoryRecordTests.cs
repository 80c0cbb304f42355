using Phenaki.Orchestrator.Durable;
using Phenaki.Story.V1;

namespace Phenaki.Orchestrator.Tests.Durable;

public sealed class StoryRecordTests
{
    // As the first release wrote it; what is kept of stories must stay readable.
    private const string Version1 =
        """
        {"Version":1,"Owner":"film-club","BodyHash":"ab","Request":"AQI=","Seed":18446744073709551615,"Frames":34,"State":4,"IsCancelRequested":false,
        "Models":"a/b/c/6/5","Created":"2025-01-02T03:04:05.678+00:00","Started":"2025-01-02T03:04:06+00:00","Ended":null,
        "Expires":"2025-01-09T03:04:05.678+00:00","ErrorCode":14,"ErrorMessage":"away","FramesMade":17,"Scene":1,"Events":20}
        """;

    [Fact]
    public void Deserialize_Version1_IsRead()
    {
        var record = new StoryRecordSerializer().Deserialize<StoryRecord>(new BinaryData(Version1));
        Assert.Equal(
            (1, "film-club", "ab", ulong.MaxValue, 34u, StoryState.Failed, "a/b/c/6/5", 14, "away", 17u, 1u, 20L),
            (record.Version, record.Owner, record.BodyHash, record.Seed, record.Frames, record.State, record.Models, record.ErrorCode, record.ErrorMessage, record.FramesMade, record.Scene, record.Events));
        Assert.Equal([1, 2], record.Request);
        Assert.Equal(new DateTimeOffset(2025, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), record.Created);
        Assert.Null(record.Ended);
    }

    [Fact]
    public void Serialize_Record_IsReadBack()
    {
        var serializer = new StoryRecordSerializer();
        var record = new StoryRecord { Version = 1, Owner = "a", Request = [3], State = StoryState.Queued, Expires = DateTimeOffset.UnixEpoch };
        Assert.Equivalent(record, serializer.Deserialize<StoryRecord>(serializer.Serialize(record)));
    }
}
