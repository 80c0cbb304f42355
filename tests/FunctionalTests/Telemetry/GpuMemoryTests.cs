using System.ComponentModel;
using System.Diagnostics;
using Phenaki.Testing;

namespace Phenaki.FunctionalTests.Telemetry;

/// <summary>The memory of GPUs, read from a library that stands in for the NVIDIA driver's.</summary>
public sealed class GpuMemoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Metrics_WithADriver_ShowTheMemoryOfTheGpusThatAnswer()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The stand-in is built for Linux.");
        using var folder = new TemporaryFolder();
        await CompileAsync(folder.Of("libnvidia-ml.so.1"));
        StoryModel.Write(folder.Of("model"));
        await using var service = new ServiceProcess("text-encoder", "Phenaki.TextEncoder", "is ready", "--model", Path.Combine(folder.Of("model"), "text-encoder"))
        {
            Environment = new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = folder.Path },
        };
        service.Start();
        await service.ReadyAsync(Token);
        using var http = new HttpClient();

        var metrics = new PrometheusText().Add(await http.GetStringAsync(service.Metrics, Token));

        Assert.Equal(["0"], metrics.Values("phenaki_gpu_memory_used_bytes", "gpu"));
        Assert.Equal((30_000, 80_000), (metrics.Sum("phenaki_gpu_memory_used_bytes"), metrics.Sum("phenaki_gpu_memory_limit_bytes")));
    }

    private static async Task CompileAsync(string library)
    {
        var source = Path.Combine(RepositoryFiles.Root, "tests", "FunctionalTests", "Telemetry", "nvml.c");
        try
        {
            using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-o", library, source]);
            await compiler.WaitForExitAsync(Token);
            Assert.Equal(0, compiler.ExitCode);
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no C compiler (cc) to build the stand-in of the driver with.");
        }
    }
}
