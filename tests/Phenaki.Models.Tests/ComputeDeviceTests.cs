using TorchSharp;

namespace Phenaki.Models.Tests;

public sealed class ComputeDeviceTests
{
    private static bool HasCuda
    {
        get
        {
            TorchRuntime.EnsureLoaded();
            return torch.cuda.is_available();
        }
    }

    [Fact]
    public void Parse_Cpu_IsTheProcessor()
    {
        Assert.Equal(ComputeDevice.Cpu, ComputeDevice.Parse("cpu"));
        Assert.Equal("cpu", ComputeDevice.Cpu.ToString());
    }

    [Fact]
    public void Parse_Auto_TakesCudaWhereThereIsADevice() => Assert.Equal(HasCuda, ComputeDevice.Parse("auto").IsCuda);

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:0")]
    public void Parse_CudaWithoutADevice_SaysWhichVariantToBuild(string text)
    {
        Assert.SkipWhen(HasCuda, "There is a CUDA device here.");

        var error = Assert.Throws<ArgumentException>(() => ComputeDevice.Parse(text));

        Assert.Contains("-p:TorchVariant=cuda", error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    [InlineData("CPU ")]
    public void Parse_UnknownText_ListsWhatIsAllowed(string text) =>
        Assert.Contains("cpu, cuda, cuda:N, auto", Assert.Throws<ArgumentException>(() => ComputeDevice.Parse(text)).Message, StringComparison.Ordinal);
}
