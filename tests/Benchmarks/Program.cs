using Phenaki.Benchmarks;

return await BenchmarkCommand.Create().Parse(args).InvokeAsync();
