using Phenaki.Benchmarks.Sampling;
using Phenaki.Models.Masked;
using System.Diagnostics;
using Phenaki.Models;
var benchmark = new MaskedTransformerConfig { Name="b", CodebookSize = 8192, Rows = 16, Columns = 16, MaxLatentFrames = 6, Width = 512, Layers = 8, Heads = 8, Mlp = 2048, TextWidth = 512, DefaultSampling = new() { Steps = 12, GuidanceScale = 3 } };
if (args[0] == "n") {
  var model = MaskedTransformerModel.Load("services/models/storyworld/masked-transformer", ComputeDevice.Parse("cpu"));
  ClipRequest R(ulong seed, int t) => new() { TextEmbedding = [.. Enumerable.Range(0, t * model.TextWidth).Select(i => MathF.Sin(i + (float)seed))], TextTokens = t, LatentFrames = 6, Sampling = model.DefaultSampling, Seed = seed };
  int[] Alone(ulong s) { using var c = model.BeginClip(R(s, 8 + (int)s)); while (!c.IsDone) c.Step(); return c.Tokens; }
  var cpu = Process.GetCurrentProcess().TotalProcessorTime;
  var alone = Enumerable.Range(0, 4).Select(i => Alone((ulong)i)).ToList();
  Process.GetCurrentProcess().Refresh();
  System.Console.WriteLine($"alone cpu per clip {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds / 4}");
  foreach (int n in new[] { 2, 3, 4 }) {
    model.MaxClipsPerForward = n;
    var t0 = Process.GetCurrentProcess().TotalProcessorTime;
    var clips = Enumerable.Range(0, n).Select(i => model.BeginClip(R((ulong)i, 8 + i))).ToList();
    while (!clips[0].IsDone) model.Step(clips);
    System.Console.WriteLine($"{n}: cpu per clip {(Process.GetCurrentProcess().TotalProcessorTime - t0).TotalSeconds / n}, same: {string.Join(",", clips.Select((c, i) => c.Tokens.SequenceEqual(alone[i])))}");
  }
  return;
}
var b = args[0] == "b" ? new SamplingBenchmark("sample_benchmark", null, benchmark, int.Parse(args[1]), 32) : new SamplingBenchmark("sample_shipped", "services/models/storyworld/masked-transformer", null, null, 12);
await foreach (var f in b.RunAsync(default)) System.Console.WriteLine(f.ToMarkdown());
