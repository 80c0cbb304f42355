using Grpc.Core;
using Phenaki.Contracts;
using Phenaki.Media;
using Phenaki.ServiceDefaults.Errors;

namespace Phenaki.Cli.Tests;

public sealed class ErrorReportTests
{
    [Fact]
    public void Of_RefusedRequest_HasEveryViolationOnItsLine()
    {
        var report = ErrorReport.Of(RpcErrors.InvalidArgument(
            [new FieldProblem("scenes[0].prompt", "is empty."), new FieldProblem("style", "has 600 characters; allowed are 0 to 512.")]));

        Assert.Equal(ExitCodes.Usage, report.ExitCode);
        Assert.Equal(["scenes[0].prompt is empty.", "style has 600 characters; allowed are 0 to 512."], report.Lines);
    }

    [Fact]
    public void Of_ServiceThatIsDown_SaysWhatTheServiceSays()
    {
        var report = ErrorReport.Of(RpcErrors.Unavailable("The text-encoder service cannot be reached.", TimeSpan.FromSeconds(1)));

        Assert.Equal(ExitCodes.Failure, report.ExitCode);
        Assert.Equal(["The text-encoder service cannot be reached."], report.Lines);
    }

    [Fact]
    public void Of_DamagedDetails_StillSaysTheStatus()
    {
        var trailers = new Metadata { { "grpc-status-details-bin", [255, 1, 2] } };

        var report = ErrorReport.Of(new RpcException(new Status(StatusCode.FailedPrecondition, "The models do not fit."), trailers));

        Assert.Equal(["The models do not fit."], report.Lines);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Of_Failure_HasItsExitCodeAndNoStackTrace(Exception failure, int exitCode)
    {
        var report = ErrorReport.Of(failure);

        Assert.Equal(exitCode, report.ExitCode);
        Assert.All(report.Lines, line => Assert.DoesNotContain("   at ", line, StringComparison.Ordinal));
    }

    public static TheoryData<Exception, int> Failures { get; } = new()
    {
        { new OperationCanceledException(), ExitCodes.Cancelled },
        { new RpcException(new Status(StatusCode.Cancelled, "")), ExitCodes.Cancelled },
        { new MediaException("story.mp4", "cannot be written: the disk is full."), ExitCodes.Failure },
        { new IOException("No space left on device"), ExitCodes.Failure },
        { CliException.Usage("There is no prompt."), ExitCodes.Usage },
        { Thrown(), ExitCodes.Failure },
    };

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("A bug.");
        }
        catch (InvalidOperationException bug)
        {
            return bug;
        }
    }
}
