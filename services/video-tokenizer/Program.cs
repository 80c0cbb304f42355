using Phenaki.VideoTokenizer;
using Phenaki.ServiceDefaults.Hosting;

return await ServiceProgram.RunAsync(
    args,
    new ServiceDescription("video-tokenizer", VideoTokenizerOptions.Section, typeof(VideoTokenizerOptions)),
    builder => builder.AddVideoTokenizer(),
    app => app.MapVideoTokenizer());
